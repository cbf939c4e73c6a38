// The syntax of the value of --dbus.address. exporter_flags.cpp checks it; nothing is connected to.
#pragma once

#include <string>
#include <string_view>

namespace ganesha::exporter {

/// What is wrong with this list of addresses, by "Server Addresses" of the DBus specification and by what
/// libsystemd needs of each transport; empty: nothing.
std::string fault_in_bus_address(std::string_view list);

}  // namespace ganesha::exporter
