// The statistics that Ganesha switches on and off, and the look-up of one of them among the switches of a
// poll.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "dbus/records.hpp"

namespace ganesha::exporter {

enum class Statistic : std::uint8_t { nfs, fsal, v3_full, v4_full, auth, client_all_ops };

// Ganesha's name for it, which is also the value of the label `stats`.
constexpr std::string_view name_of(Statistic statistic) {
  constexpr auto names =
      std::to_array<std::string_view>({"nfs", "fsal", "v3_full", "v4_full", "auth", "client_all_ops"});
  return names[static_cast<std::size_t>(statistic)];
}

// Whether the server counts it and knows since when.
inline bool has_start(const dbus::StatsSwitch& one) { return one.enabled && one.since != dbus::Timestamp{}; }

// Null where the server does not report it.
template <class Switches>
const dbus::StatsSwitch* find_switch(const Switches& switches, Statistic statistic) {
  const auto found = std::ranges::find(switches, name_of(statistic), &dbus::StatsSwitch::name);
  return found == switches.end() ? nullptr : &*found;
}

}  // namespace ganesha::exporter
