// The values of each client, reused from poll to poll while the client is idle: it is not asked again as long
// as its last activity stays the same and the counters were not reset. Part of ServerMemory, used by the
// clients' collectors.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "dbus/records.hpp"
#include "exporter/model/label_value.hpp"

namespace ganesha::exporter {

// One kind of values: one for each protocol that the client used, or one for all.
template <class T>
class CachedValues {
 public:
  using Values = std::vector<std::pair<dbus::Protocol, T>>;

  // Begins a poll: clients that are neither reused nor kept until the next one are forgotten then.
  void begin_round() {
    std::erase_if(clients_, [this](const auto& one) { return one.second.round != round_; });
    ++round_;
  }

  // Whether the client need not be asked; its values stay for this round. `now` is the time of the list by
  // Ganesha's clock, here and below.
  bool reuse(const dbus::Client& client, dbus::Timestamp now) {
    const auto found = clients_.find(label_value(client.address));
    if (found == clients_.end()) return false;
    auto& entry = found->second;
    entry.round = round_;
    return now.seconds < entry.until && entry.settled && entry.activity == client.last_activity &&
           entry.protocols == client.protocols;
  }

  // What a client did just before the list may not be in its counters yet. With Enable_Fast_Stats some
  // servers never record a client's activity.
  void keep(const dbus::Client& client, Values values, dbus::Timestamp now) {
    const auto last = client.last_activity.seconds;
    const bool settled = last > 0 && last + settling_seconds < now.seconds;
    auto name = label_value(client.address);
    const auto until = now.seconds + least_age_seconds + spread(name);
    clients_[std::move(name)] = {client.last_activity, client.protocols, until, settled, round_,
                                 std::move(values)};
  }

  // Only after reuse() or keep() of the client.
  const Values& values(const dbus::Client& client) const {
    return clients_.at(label_value(client.address)).values;
  }

 private:
  static constexpr std::uint64_t settling_seconds = 2;
  // However idle it seems, each is asked again in time, but not all of them in one poll.
  static constexpr std::uint64_t least_age_seconds = 1800, further_seconds = 1800;
  static std::uint64_t spread(const std::string& name) {
    return std::hash<std::string>{}(name) % further_seconds;
  }

  struct Entry {
    dbus::Timestamp activity;
    dbus::ProtocolSet protocols;
    std::uint64_t until = 0;  // seconds of Ganesha's clock
    bool settled = false;
    std::uint64_t round = 0;
    Values values;
  };
  std::unordered_map<std::string, Entry> clients_;  // by address, as a label value
  std::uint64_t round_ = 0;
};

struct ClientCache {
  CachedValues<dbus::BasicStats> io;
  CachedValues<dbus::BasicStats> ninep;
  CachedValues<dbus::Details> details;
  CachedValues<dbus::ClientProcedures> procedures;
  CachedValues<dbus::Layouts> layouts;
  CachedValues<dbus::Delegations> delegations;
};

}  // namespace ganesha::exporter
