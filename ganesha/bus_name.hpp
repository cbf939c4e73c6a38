// The name of a server on the bus. The supervisor looks for it there.
#pragma once

#include <string>

namespace ganesha {

// The name that a configuration with this Dbus_Name_Prefix makes; the server ignores a prefix that is
// invalid or too long.
std::string bus_name(const std::string& prefix);

}  // namespace ganesha
