// Where the system bus listens. Used by connection.cpp and the supervisor.
#pragma once

#include <string>

namespace ganesha::dbus {

inline constexpr const char* standard_bus_socket = "/run/dbus/system_bus_socket";

// DBUS_SYSTEM_BUS_ADDRESS, or the address of the standard socket.
std::string system_bus_address();

}  // namespace ganesha::dbus
