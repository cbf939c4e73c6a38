// The health of NFS-Ganesha, and the text for why it is down or not ready. The exporter fills it; the health
// checks and the status page read it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/model/sign_of_life.hpp"

namespace ganesha::exporter {

/// Why a server that is there is not called.
inline constexpr std::string_view calls_are_held =
    "DBus calls are held: NFS-Ganesha ended during a call before and is observed first";

struct HealthStatus {
  bool up = false;
  bool owned = false;  ///< Ganesha's name on the bus has an owner
  bool bus_connected = false;
  bool ready = false;                             ///< up, and a poll succeeded
  std::optional<double> seconds_since_heartbeat;  ///< none: no heartbeat yet
  std::string last_error;                         ///< empty: none
  std::string waits_for = {};                     ///< run mode: what the server still needs to become ready
  std::string missing_sign = {};  ///< where no heartbeat is expected: see missing_sign(); empty: none
  std::string lost = {};          ///< run mode: why the server counts as lost; empty: it does not
};

/// What a server of which no heartbeat is expected does not do, in a few words; empty if all signs of life
/// are there.
std::string missing_sign(const std::vector<SignOfLife>& signs);

/// Why NFS-Ganesha is down, in a few words; empty if it is up.
std::string why_down(const HealthStatus& state);

/// Why NFS-Ganesha is not ready, in one line without the newline.
std::string why_not_ready(const HealthStatus& state);

}  // namespace ganesha::exporter
