#include "exporter/supervisor/supervisor_status.hpp"

#include "ganesha/missing_exports.hpp"

namespace ganesha::exporter {

std::string why_lost(const SupervisorStatus& server, bool up, dbus::TimePoint now) {
  if (up) return {};
  if (server.pid == 0 && now - server.gone_since > server.start_timeout)
    return "NFS-Ganesha has not been running for longer than --ganesha.start-timeout";
  if (server.port_silent_since && now - *server.port_silent_since >= server.start_timeout)
    return "no heartbeat of NFS-Ganesha, and its NFS port has not answered for --ganesha.start-timeout";
  return {};
}

std::optional<std::vector<std::string>> names_of_missing_exports(const SupervisorStatus& server,
                                                                 const std::vector<std::uint16_t>& served) {
  if (!server.configured_exports) return std::nullopt;
  std::vector<std::string> names;
  for (const auto& one : ganesha::missing_exports(*server.configured_exports, served))
    names.push_back(name_of(one));
  return names;
}

}  // namespace ganesha::exporter
