// The sockets that the service manager passes, where --web.systemd-socket asks for them.
#pragma once

#include <vector>

namespace ganesha::exporter {

// Throws std::runtime_error if there are none, or if one is no stream socket that listens.
void require_listening(const std::vector<int>& sockets);

}  // namespace ganesha::exporter
