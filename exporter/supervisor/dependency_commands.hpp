// What NFS-Ganesha may find running or not: a bus, and rpcbind. And how to start them. Dependencies uses it.
#pragma once

#include <filesystem>
#include <string>

#include "ganesha/spawn.hpp"

namespace ganesha::exporter {

// DBUS_SYSTEM_BUS_ADDRESS, or the standard socket.
std::string system_bus_address();
// Whether a bus listens there. Only unix sockets are tried: another kind is taken at its word.
bool bus_reachable(const std::string& address);
bool rpcbind_reachable();

// A dbus-daemon in `folder`, which only our own user may use, and only to own `service` and to talk to it.
// Writes its configuration; throws std::runtime_error.
Command private_bus_command(const std::filesystem::path& folder, const std::string& service);
std::string private_bus_address(const std::filesystem::path& folder);
Command rpcbind_command();

}  // namespace ganesha::exporter
