// How long to wait before a server that died is started again. The supervisor owns one.
#pragma once

#include <algorithm>
#include <chrono>

#include "dbus/clock.hpp"

namespace ganesha::exporter {

class RestartBackoff {
 public:
  // Twice as long each time, at most a minute. Starts again from one second after a server that had `served`
  // for more than a minute.
  dbus::Duration next(dbus::Duration served) {
    const bool is_reset = wait_ == dbus::Duration::zero() || served > longest;
    wait_ = is_reset ? first : std::min(wait_ * 2, longest);
    return wait_;
  }

 private:
  static constexpr dbus::Duration first = std::chrono::seconds(1), longest = std::chrono::seconds(60);
  dbus::Duration wait_{};
};

}  // namespace ganesha::exporter
