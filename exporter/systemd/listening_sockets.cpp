#include "exporter/systemd/listening_sockets.hpp"

#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include <stdexcept>
#include <string>

namespace ganesha::exporter {

void require_listening(const std::vector<int>& sockets) {
  constexpr int listening = 1;
  if (sockets.empty())
    throw std::runtime_error(
        "--web.systemd-socket: the service manager passed no sockets; start the exporter by a .socket unit");
  for (const int socket : sockets)
    if (sd_is_socket(socket, AF_UNSPEC, SOCK_STREAM, listening) <= 0)
      throw std::runtime_error("--web.systemd-socket: descriptor " + std::to_string(socket) +
                               " of the service manager is no listening stream socket; use ListenStream= and "
                               "Accept=no in the .socket unit");
}

}  // namespace ganesha::exporter
