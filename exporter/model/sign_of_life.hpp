// The signs by which a server counts as up. A LifeMonitor reports them; metrics and status show them.
#pragma once

#include <string>
#include <string_view>

namespace ganesha::exporter {

struct SignOfLife {
  std::string_view source;  ///< heartbeat, poll, null_call or built_in_page
  std::string address;      ///< or URL, of what is asked; empty: it is on the bus
  bool seen = false;        ///< now
};

}  // namespace ganesha::exporter
