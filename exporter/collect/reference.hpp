// What is made from the rows of the collectors: docs/collectors.md and the bus policy of the packages. main
// prints them.
#pragma once

#include <string>

namespace ganesha::exporter {

// The table of all collectors, as Markdown.
std::string collectors_reference();
// The policy that lets the exporter call its methods and no other, for /etc/dbus-1/system.d/.
std::string bus_policy();

}  // namespace ganesha::exporter
