// What is told anew at each scrape: Ganesha's state by its heartbeat, and how the exporter itself does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "exporter/model/snapshot.hpp"

namespace ganesha::exporter {

struct ScrapeState {
  bool up = false;
  bool fresh = false;  // what the last poll found is on the page
  std::uint64_t heartbeats = 0;
  std::optional<dbus::WallTime> last_heartbeat;
  std::uint64_t owner_changes = 0;
  bool bus_connected = false;
  CollectorSet enabled;
  SnapshotPtr last_poll;  // the last that ended, fresh or not; null before the first
  std::vector<std::string> suspended_methods;
  std::string version;
  std::string revision;
};

}  // namespace ganesha::exporter
