// What is told anew at each scrape: Ganesha's state by its heartbeat, and how the exporter itself does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "exporter/snapshot.hpp"

namespace ganesha::exporter {

struct Live {
  bool up = false;
  std::uint64_t heartbeats = 0;
  std::optional<dbus::WallTime> last_heartbeat;
  std::uint64_t owner_changes = 0;
  bool bus_connected = false;
  CollectorSet enabled;
  SnapshotPtr last_poll;  // the last that ended, fresh or not; null before the first
  std::string version;
  std::string revision;
};

}  // namespace ganesha::exporter
