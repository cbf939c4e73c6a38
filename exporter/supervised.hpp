// What the supervisor tells the pages: it writes, the exporter reads, both on the loop.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <memory>

#include "dbus/clock.hpp"
#include "exporter/live.hpp"

namespace ganesha::exporter {

struct Supervised {
  // Of the server; 0 while it does not run. The worker that renders pages reads it.
  std::shared_ptr<std::atomic<pid_t>> pid = std::make_shared<std::atomic<pid_t>>(0);
  bool ready = false;
  Supervision counts;
  dbus::Duration start_timeout{};
};

}  // namespace ganesha::exporter
