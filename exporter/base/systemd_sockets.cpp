#include "exporter/base/systemd_sockets.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include <numeric>
#include <stdexcept>

namespace ganesha::exporter {

std::vector<int> passed_sockets() {
  constexpr int unset_environment = 1;
  const int count = sd_listen_fds(unset_environment);
  std::vector<int> sockets(count > 0 ? static_cast<std::size_t>(count) : 0);
  std::iota(sockets.begin(), sockets.end(), SD_LISTEN_FDS_START);
  return sockets;
}

void require_listening(const std::vector<int>& sockets) {
  constexpr int listening = 1;
  if (sockets.empty())
    throw std::runtime_error(
        "--web.systemd-socket: the service manager passed no sockets; start the exporter by a .socket unit");
  for (const int socket : sockets)
    if (sd_is_socket(socket, AF_UNSPEC, SOCK_STREAM, listening) <= 0)
      throw std::runtime_error(
          fmt::format("--web.systemd-socket: descriptor {} of the service manager is no listening stream "
                      "socket; use ListenStream= and Accept=no in the .socket unit",
                      socket));
}

}  // namespace ganesha::exporter
