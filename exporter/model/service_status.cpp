#include "exporter/model/service_status.hpp"

#include <fmt/format.h>

#include "exporter/base/human_units.hpp"

namespace ganesha::exporter {
namespace {

std::string counted(const std::optional<std::size_t>& number, std::string_view what) {
  if (!number) return {};
  return fmt::format(", {} {}{}", human_count(*number), what, *number == 1 ? "" : "s");
}

std::string up_status(const Snapshot& poll) {
  const double seconds = std::chrono::duration<double>(poll.duration).count();
  return fmt::format("Ganesha is up; last poll {:.2f} s", seconds) + counted(poll.clients_known, "client") +
         counted(poll.exports_known, "export");
}

std::string with_error(const HealthStatus& health) {
  return health.last_error.empty() ? std::string() : "; last error: " + health.last_error;
}

}  // namespace

std::string service_status(const HealthStatus& health, const Snapshot* fresh) {
  if (health.up) return fresh ? up_status(*fresh) : "Ganesha is up; no poll has succeeded yet";
  if (!health.waits_for.empty()) return "Waiting for NFS-Ganesha: " + health.waits_for;
  if (!health.missing_sign.empty()) return "Ganesha is down: " + health.missing_sign;
  if (!health.bus_connected)
    return "Waiting for NFS-Ganesha on the bus: not connected to DBus" + with_error(health);
  if (!health.owned) return "Waiting for NFS-Ganesha on the bus: nobody has its name";
  if (!health.seconds_since_heartbeat) return "Waiting for the first heartbeat of NFS-Ganesha";
  return "Ganesha is down: no healthy heartbeat of late";
}

}  // namespace ganesha::exporter
