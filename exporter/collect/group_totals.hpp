// Totals over members that come, go and reset: a total never falls because one of its members did. Part of
// ServerMemory; forgotten when the server resets its counters.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
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
  // Whether there ever was a total of this name.
  bool has_group(const std::string& group) const { return groups_.contains(group); }

  // All rows of a member in this poll. `group` names the total.
  void add(const std::string& group, const std::string& address, std::vector<Row> rows) {
    groups_.insert(group);
    for (const auto& row : UniqueRows<Row>(std::move(rows))) {
      const std::string part = row.sub_key();
      auto& entry = members_[address + " " + part];
      if (entry.round != 0 && row.has_reset(entry.last)) retire(entry);
      entry = {row, round_, group + " " + part, address};
    }
  }

  // Ends the poll. Returns the totals of the groups that have a row in it. A member without one is only
  // hidden while is_listed(address): its last values stay in the total. Otherwise it is retired.
  template <class IsListed>
  boost::asio::awaitable<std::vector<Row>> finish(IsListed is_listed) {
    co_await retire_unless(is_listed);
    std::map<std::string, Row> totals;
    Turn turn;
    for (const auto& [name, member] : members_) {
      if (turn.is_over()) co_await next_turn();
      if (member.round != round_) continue;
      const auto [at, first] = totals.try_emplace(member.group, member.last);
      if (!first) at->second += member.last;
    }
    for (const auto& [name, member] : members_) {
      if (turn.is_over()) co_await next_turn();
      if (member.round != round_) add_to_shown(member.group, member.last, totals);
    }
    for (const auto& [group, retired] : retired_) {
      if (turn.is_over()) co_await next_turn();
      add_to_shown(group, retired, totals);
    }
    ++round_;
    std::vector<Row> rows;
    for (auto& [group, total] : totals) rows.push_back(std::move(total));
    co_return rows;
  }

 private:
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
      if (!stays) retire(member);
      at = stays ? std::next(at) : members_.erase(at);
    }
  }

  static void add_to_shown(const std::string& group, const Row& row, std::map<std::string, Row>& totals) {
    const auto shown = totals.find(group);
    if (shown != totals.end()) shown->second += row;
  }

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
