#include "system_bus_address.hpp"

#include <cstdlib>

namespace ganesha::dbus {

std::string system_bus_address() {
  const char* set = std::getenv("DBUS_SYSTEM_BUS_ADDRESS");
  return set && *set ? set : std::string("unix:path=") + standard_bus_socket;
}

}  // namespace ganesha::dbus
