// Values in the base units of Prometheus: seconds, numbers, and 0 or 1. Used by metrics and the status page.
#pragma once

#include <chrono>
#include <cstdint>

#include "dbus/records.hpp"
#include "dbus/time.hpp"

namespace ganesha::exporter {

inline double seconds(dbus::Timestamp time) {
  return static_cast<double>(time.seconds) + static_cast<double>(time.nanoseconds) / 1e9;
}
// Seconds and fraction are converted apart: a double cannot hold nanoseconds since the epoch.
inline double seconds(dbus::WallTime time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  return std::chrono::duration<double>(whole.time_since_epoch()).count() +
         std::chrono::duration<double>(time - whole).count();
}
inline double seconds(dbus::Duration span) { return std::chrono::duration<double>(span).count(); }
inline double bool_sample(bool value) { return value ? 1 : 0; }

inline double to_sample(std::uint64_t value) { return static_cast<double>(value); }
inline double to_sample(std::int64_t value) { return static_cast<double>(value); }
inline double nanoseconds_to_seconds(std::uint64_t value) { return static_cast<double>(value) / 1e9; }

}  // namespace ganesha::exporter
