// Sums over members that come, go and begin anew: a sum never falls because one of its members did. Kept with
// the owner of the clients; forgotten when counting begins anew for all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ganesha::exporter {

// Row is a row of rows.hpp: += adds another's figures, fell() tells whether one of them is less than before.
template <class Row>
class GroupTotals {
 public:
  // Whether a sum of this name was ever made.
  bool knows(const std::string& group) const { return groups_.contains(group); }

  // One row of a member in this poll. `group` names the sum.
  void add(const std::string& group, const std::string& address, Row row) {
    groups_.insert(group);
    const std::string part = row.sub_key();
    auto& entry = members_[address + " " + part];
    if (entry.round != 0 && row.fell(entry.last)) settle(entry);
    entry = {std::move(row), round_, group + " " + part, address};
  }

  // Ends the poll: rows whose sums are the groups'. Who has not come this time is only hidden while
  // is_listed(address), and counts on with what he had; else he has gone, and leaves it.
  template <class IsListed>
  std::vector<Row> finish(IsListed is_listed) {
    std::erase_if(members_, [&](const auto& one) {
      if (one.second.round == round_ || is_listed(one.second.address)) return false;
      settle(one.second);
      return true;
    });
    std::vector<Row> rows;
    std::map<std::string, std::size_t> subjects;
    for (const auto& [name, member] : members_) {
      if (member.round != round_) continue;
      subjects[member.group] = member.last.subject;
      rows.push_back(member.last);
    }
    const auto add_to_shown = [&](const std::string& group, const Row& row) {
      const auto shown = subjects.find(group);
      if (shown == subjects.end()) return;
      rows.push_back(row);
      rows.back().subject = shown->second;
    };
    for (const auto& [name, member] : members_)
      if (member.round != round_) add_to_shown(member.group, member.last);
    for (const auto& [group, left] : left_) add_to_shown(group, left);
    ++round_;
    return rows;
  }

 private:
  struct Member {
    Row last{};
    std::uint64_t round = 0;  // the last in which it came; 0: never
    std::string group;
    std::string address;
  };

  void settle(const Member& member) {
    const auto [at, first] = left_.try_emplace(member.group, member.last);
    if (!first) at->second += member.last;
  }

  std::set<std::string> groups_;
  std::map<std::string, Member> members_;
  std::map<std::string, Row> left_;  // what members had before they went or began anew, by group
  std::uint64_t round_ = 1;
};

}  // namespace ganesha::exporter
