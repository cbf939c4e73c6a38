// NFS-Ganesha as the health pages tell of it, and the words for one that is down or not ready.
// The exporter fills it; routes.cpp and the status page read it.
#pragma once

#include <optional>
#include <string>

namespace ganesha::exporter {

struct HealthStatus {
  bool up = false;
  bool owned = false;  ///< somebody owns Ganesha's name on the bus
  bool bus_connected = false;
  bool ready = false;                        ///< up, and a poll succeeded
  std::optional<double> seconds_since_beat;  ///< nothing: no beat yet
  std::string last_error;                    ///< empty: none
  std::string waits_for = {};                ///< what a supervised server lacks for its first readiness
  std::string lost = {};                     ///< why a supervised server counts as lost; empty: it does not
};

/// Why NFS-Ganesha is not up, in a few words; empty where it is.
std::string why_down(const HealthStatus& state);

/// Why NFS-Ganesha is not ready, in one line without the newline.
std::string why_not_ready(const HealthStatus& state);

}  // namespace ganesha::exporter
