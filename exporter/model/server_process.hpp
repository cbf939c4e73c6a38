// The process of the supervised server, for the metrics. The supervisor writes on the loop; the worker that
// renders pages reads.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>

namespace ganesha::exporter {

struct ServerProcess {
  static constexpr int never_ended = -1;

  std::atomic<pid_t> pid{0};  // of the server; 0 while it does not run
  std::atomic<std::uint64_t> restarts{0};
  std::atomic<int> last_exit_code{never_ended};  // 128 and the signal where one ended it
};

}  // namespace ganesha::exporter
