// What the service manager passed to this program in its environment.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dbus/time.hpp"

namespace ganesha::exporter {

struct ServiceEnvironment {
  std::string notify_socket;               // empty: nobody wants to be told
  std::optional<dbus::Duration> watchdog;  // how long it waits for a beat; none: it does not
  std::vector<int> sockets;                // descriptors, in the order of the .socket unit
};

// Takes it out of the environment too: no child may speak for us, or inherits the sockets. Call it before
// there are threads.
ServiceEnvironment take_service_environment();

}  // namespace ganesha::exporter
