// Whether a bus and rpcbind are running, and the commands that start them. Dependencies uses it.
#pragma once

#include <filesystem>
#include <string>

#include "ganesha/spawn.hpp"

namespace ganesha::exporter {

// Whether a bus listens there. Only unix sockets are tried: other kinds of address count as reachable.
bool bus_reachable(const std::string& address);
bool rpcbind_reachable();

// A dbus-daemon at `address`, usable by our own user alone, and only to own `service` and to call it.
// Writes its configuration in `folder`; throws std::runtime_error.
Command private_bus_command(const std::filesystem::path& folder, const std::string& address,
                            const std::string& service);
Command rpcbind_command();

}  // namespace ganesha::exporter
