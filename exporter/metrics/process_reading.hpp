// What the kernel reports of a process: read once for all metrics of a collection.
#pragma once

#include <sys/types.h>

#include <optional>

namespace ganesha::exporter {

// Empty: it could not be read.
struct ProcessReading {
  std::optional<double> cpu_seconds;  // user and system
  std::optional<double> open_fds;
  std::optional<double> max_fds;
  std::optional<double> resident_bytes;
  std::optional<double> virtual_bytes;
  std::optional<double> threads;
  std::optional<double> start_seconds;  // since the epoch
};

ProcessReading read_process(pid_t pid);

}  // namespace ganesha::exporter
