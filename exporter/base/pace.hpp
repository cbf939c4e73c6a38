// How often repeated work may begin. The poller and the fetcher of the built-in page use it.
#pragma once

#include <algorithm>
#include <chrono>

namespace ganesha::exporter {

/// The time from the start of work that took `took` to the start of the next: `interval`, or longer where the
/// work would take more than the part `max_duty` of the time.
template <class Duration>
Duration start_to_start(Duration took, Duration interval, double max_duty) {
  return std::max(interval, std::chrono::duration_cast<Duration>(took / max_duty));
}

}  // namespace ganesha::exporter
