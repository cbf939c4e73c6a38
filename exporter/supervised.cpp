#include "exporter/supervised.hpp"

namespace ganesha::exporter {

std::string why_lost(const Supervised& server, bool up, dbus::TimePoint now) {
  if (up) return {};
  if (server.pid == 0 && now - server.gone_since > server.start_timeout)
    return "NFS-Ganesha has not been running for longer than --ganesha.start-timeout";
  if (server.port_silent_since && now - *server.port_silent_since >= server.start_timeout)
    return "no heartbeat of NFS-Ganesha, and its NFS port has not answered for --ganesha.start-timeout";
  return {};
}

}  // namespace ganesha::exporter
