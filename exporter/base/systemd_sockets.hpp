// The listening sockets that a service manager passes to this process: systemd, or systemd-socket-activate.
#pragma once

#include <vector>

namespace ganesha::exporter {

/// Their descriptors, in the order of the .socket unit; empty: none were passed. Call it once, before other
/// threads and children start: it removes LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES from the environment and
/// keeps children from inheriting the sockets.
std::vector<int> passed_sockets();

/// Throws std::runtime_error if there are none, or if one is no stream socket that listens.
void require_listening(const std::vector<int>& sockets);

}  // namespace ganesha::exporter
