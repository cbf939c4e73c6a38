// Figures as Prometheus wants them: seconds, counts, flags. Used by the files that fill the stat table.
#pragma once

#include <chrono>
#include <cstdint>

#include "dbus/records.hpp"
#include "dbus/time.hpp"

namespace ganesha::exporter {

inline double seconds(dbus::Timestamp time) {
  return static_cast<double>(time.seconds) + static_cast<double>(time.nanoseconds) / 1e9;
}
// Whole seconds and the rest apart: nanoseconds since the epoch are more than a double can count.
inline double seconds(dbus::WallTime time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  return std::chrono::duration<double>(whole.time_since_epoch()).count() +
         std::chrono::duration<double>(time - whole).count();
}
inline double seconds(dbus::Duration span) { return std::chrono::duration<double>(span).count(); }
inline double flag(bool value) { return value ? 1 : 0; }

inline double count(std::uint64_t value) { return static_cast<double>(value); }
inline double nanoseconds(std::uint64_t value) { return static_cast<double>(value) / 1e9; }

}  // namespace ganesha::exporter
