// Opens a connection to a bus without blocking for longer than the caller wants. sdbus-c++ 1.2, which would
// wait for 90 s while a bus says nothing, only opens where this succeeded. Used by connection.cpp.
#pragma once

#include <systemd/sd-bus.h>

#include <atomic>
#include <memory>
#include <string>

#include "error.hpp"

namespace ganesha::dbus {

struct CloseBus {
  void operator()(sd_bus* bus) const noexcept { sd_bus_close_unref(bus); }
};
using OpenBus = std::unique_ptr<sd_bus, CloseBus>;

// Connects, authenticates and says Hello; blocks until the bus has answered, `given_up` is true, or another
// socket is at the path of the address. timed_out after it was given up.
result<OpenBus> shake_hands(const std::string& address, const std::atomic<bool>& given_up);

}  // namespace ganesha::dbus
