// The signs by which a server counts as up. A LifeMonitor reports them; metrics and status show them.
#pragma once

#include <string>
#include <string_view>

namespace ganesha::exporter {

struct SignOfLife {
  std::string_view source;  ///< heartbeat, poll or null_call
  std::string address;      ///< of what is asked; empty: it is on the bus
  bool seen = false;        ///< now
};

}  // namespace ganesha::exporter
