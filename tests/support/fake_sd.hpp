// Owners of sd-bus objects, and the one place that turns sd-bus's negative errno into an exception.
// Used by every part of the fake Ganesha.
#pragma once

#include <systemd/sd-bus.h>

#include <memory>
#include <system_error>

namespace fake {

struct Unref {
  void operator()(sd_bus* bus) const { sd_bus_flush_close_unref(bus); }
  void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};

using Bus = std::unique_ptr<sd_bus, Unref>;
using Message = std::unique_ptr<sd_bus_message, Unref>;

// Returns the result of an sd-bus call that went well, and throws std::system_error for one that did not.
inline int check(int result) {
  if (result < 0) throw std::system_error(-result, std::generic_category(), "sd-bus");
  return result;
}

}  // namespace fake
