// Totals over members that come, go and reset: a total never falls because one of its members did. Part of
// ServerMemory; forgotten when the server resets its counters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ganesha::exporter {

// Row is a row of snapshot_rows.hpp: += adds another's values, fell() says whether one of them is less than
// before.
template <class Row>
class GroupTotals {
 public:
  // Whether there ever was a total of this name.
  bool has_group(const std::string& group) const { return groups_.contains(group); }

  // One row of a member in this poll. `group` names the total.
  void add(const std::string& group, const std::string& address, Row row) {
    groups_.insert(group);
    const std::string part = row.part();
    auto& entry = members_[address + " " + part];
    if (entry.round != 0 && row.fell(entry.last)) retire(entry);
    entry = {std::move(row), round_, group + " " + part, address};
  }

  // Ends the poll. Returns rows that add up to the totals of the groups. A member without a row in this poll
  // is only hidden while is_listed(address): its last values stay in the total. Otherwise it is retired.
  template <class IsListed>
  std::vector<Row> finish(IsListed is_listed) {
    std::erase_if(members_, [&](const auto& one) {
      if (one.second.round == round_ || is_listed(one.second.address)) return false;
      retire(one.second);
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
    for (const auto& [group, retired] : retired_) add_to_shown(group, retired);
    ++round_;
    return rows;
  }

 private:
  struct Member {
    Row last{};
    std::uint64_t round = 0;  // the last in which it had a row; 0: never
    std::string group;
    std::string address;
  };

  void retire(const Member& member) {
    const auto [at, first] = retired_.try_emplace(member.group, member.last);
    if (!first) at->second += member.last;
  }

  std::set<std::string> groups_;
  std::map<std::string, Member> members_;
  std::map<std::string, Row> retired_;  // the values of members before they went or reset, by group
  std::uint64_t round_ = 1;
};

}  // namespace ganesha::exporter
