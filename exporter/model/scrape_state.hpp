// What is read at each scrape: Ganesha's state by its signs of life, and the state of the exporter itself.
// The exporter fills it; metrics and the status page read it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "exporter/model/sign_of_life.hpp"
#include "exporter/model/snapshot.hpp"

namespace ganesha::exporter {

/// How the last reload of the web configuration ended.
struct ConfigReload {
  bool successful = false;
  dbus::WallTime last_success;
};

struct ScrapeState {
  bool up = false;
  bool fresh = false;             // values of the last poll are on the page
  std::vector<SignOfLife> signs;  // all of them make it up
  // Nothing in these where there is no bus.
  std::optional<std::uint64_t> heartbeats;
  std::optional<dbus::WallTime> last_heartbeat;
  std::optional<std::uint64_t> owner_changes;
  std::optional<bool> bus_connected;

  CollectorSet enabled;
  SnapshotPtr last_poll;                     // the last finished poll, fresh or not; null before the first
  std::optional<dbus::WallTime> last_fetch;  // of the server's own page, where it succeeded
  std::vector<std::string> suspended_methods;
  std::uint64_t log_lines_dropped = 0;
  std::optional<ConfigReload> config_reload;  // nothing: there is no --web.config.file
  std::string version;
  std::string revision;
};

}  // namespace ganesha::exporter
