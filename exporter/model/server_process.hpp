// The process of the supervised server, for the metrics. The supervisor writes it on the event loop; the
// worker thread that renders pages reads it.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>

namespace ganesha::exporter {

struct ServerProcess {
  static constexpr int never_exited = -1;

  std::atomic<pid_t> pid{0};  // 0 while the server does not run
  std::atomic<std::uint64_t> restarts{0};
  std::atomic<int> last_exit_code{never_exited};  // 128 plus the signal that killed it
};

}  // namespace ganesha::exporter
