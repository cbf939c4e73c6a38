// Totals over members that come, go and reset: a total never falls because one of its members did. Part of
// ServerMemory; forgotten when the server resets its counters.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "exporter/collect/loop_turns.hpp"
#include "exporter/model/unique_rows.hpp"

namespace ganesha::exporter {

// Row is a row of snapshot_rows.hpp: += adds another's values and keeps the subject, has_reset() says whether
// one of them is less than before.
template <class Row>
class GroupTotals {
 public:
  // Whether there was a total of this name in the last polls.
  bool has_group(const std::string& group) const { return groups_.contains(group); }

  // All rows of a member in this poll. `group` names the total.
  void add(const std::string& group, const std::string& address, std::vector<Row> rows) {
    groups_[group].round = round_;
    for (const auto& row : UniqueRows<Row>(std::move(rows))) {
      std::string member = address;
      member.append(" ").append(row.sub_key());
      auto& entry = members_[std::move(member)];
      if (entry.round != 0 && row.has_reset(entry.last)) retire(entry);
      entry = {row, round_, group, address};
    }
  }

  // Ends the poll. Returns the totals of the groups that have a row in it. A member without one is only
  // hidden while is_listed(address): its last values stay in the total. Otherwise it is retired. A group
  // whose members have all gone is forgotten: its series has vanished, and may begin again from 0.
  template <class IsListed>
  boost::asio::awaitable<std::vector<Row>> finish(IsListed is_listed) {
    co_await retire_unless(is_listed);
    std::erase_if(groups_, [this](const auto& one) { return one.second.round + rounds_kept < round_; });
    std::map<std::string, Row> totals;
    Turn turn;
    for (const auto& [name, member] : members_) {
      if (turn.is_over()) co_await next_turn();
      if (member.round != round_) continue;
      sum_up(total_name(member.group, member.last), member.last, totals);
    }
    for (const auto& [name, member] : members_) {
      if (turn.is_over()) co_await next_turn();
      if (member.round != round_) add_to_shown(member.group, member.last, totals);
    }
    for (const auto& [name, group] : groups_) {
      if (turn.is_over()) co_await next_turn();
      for (const auto& [part, retired] : group.retired) add_to_shown(name, retired, totals);
    }
    ++round_;
    std::vector<Row> rows;
    rows.reserve(totals.size());
    for (auto& [group, total] : totals) rows.push_back(std::move(total));
    co_return rows;
  }

 private:
  // A client may be away for a poll or two.
  static constexpr std::uint64_t rounds_kept = 3;

  struct Group {
    std::uint64_t round = 0;             // the last in which one of its members was listed
    std::map<std::string, Row> retired;  // the values of members before they went or reset, by sub_key()
  };
  struct Member {
    Row last{};
    std::uint64_t round = 0;  // the last in which it had a row; 0: never
    std::string group;
    std::string address;
  };

  template <class IsListed>
  boost::asio::awaitable<void> retire_unless(IsListed is_listed) {
    Turn turn;
    for (auto at = members_.begin(); at != members_.end();) {
      if (turn.is_over()) co_await next_turn();
      const auto& member = at->second;
      const bool stays = member.round == round_ || is_listed(member.address);
      if (stays)
        groups_[member.group].round = round_;
      else
        retire(member);
      at = stays ? std::next(at) : members_.erase(at);
    }
  }

  static std::string total_name(const std::string& group, const Row& row) {
    return group + " " + row.sub_key();
  }

  static void sum_up(const std::string& name, const Row& row, std::map<std::string, Row>& sums) {
    const auto [at, first] = sums.try_emplace(name, row);
    if (!first) at->second += row;
  }

  static void add_to_shown(const std::string& group, const Row& row, std::map<std::string, Row>& totals) {
    const auto shown = totals.find(total_name(group, row));
    if (shown != totals.end()) shown->second += row;
  }

  void retire(const Member& member) {
    sum_up(member.last.sub_key(), member.last, groups_[member.group].retired);
  }

  std::map<std::string, Group> groups_;
  std::map<std::string, Member> members_;
  std::uint64_t round_ = 1;
};

}  // namespace ganesha::exporter
