// Where the system bus listens. Used by connection.cpp and the supervisor.
#pragma once

#include <string>

namespace ganesha::dbus {

// DBUS_SYSTEM_BUS_ADDRESS, or the address of the standard socket.
std::string system_bus_address();

}  // namespace ganesha::dbus
