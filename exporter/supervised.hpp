// What the supervisor tells the pages. It writes on the loop; the exporter reads there, too, and the metrics
// on the worker that renders pages.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>

#include "dbus/clock.hpp"

namespace ganesha::exporter {

struct Supervised {
  static constexpr int never_ended = -1;

  std::atomic<pid_t> pid{0};  // of the server; 0 while it does not run
  std::atomic<std::uint64_t> restarts{0};
  std::atomic<int> last_exit_code{never_ended};  // 128 and the signal where one ended it
  bool ready = false;
  dbus::Duration start_timeout{};
};

}  // namespace ganesha::exporter
