// What is told anew at each scrape: Ganesha's state by its heartbeat, and how the exporter itself does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "exporter/snapshot.hpp"

namespace ganesha::exporter {

// Of the server that --ganesha.run started.
struct Supervision {
  std::uint64_t restarts = 0;
  std::optional<int> last_exit_code;  // empty: it has not ended yet
};

struct Live {
  bool up = false;
  std::uint64_t heartbeats = 0;
  std::optional<dbus::WallTime> last_heartbeat;
  std::uint64_t owner_changes = 0;
  bool bus_connected = false;
  CollectorSet enabled;
  SnapshotPtr last_poll;                   // the last that ended, fresh or not; null before the first
  std::optional<Supervision> supervision;  // empty without --ganesha.run
  std::string version;
  std::string revision;
};

}  // namespace ganesha::exporter
