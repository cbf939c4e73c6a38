// How long to wait before a server that died is started again. The supervisor owns one.
#pragma once

#include <algorithm>
#include <chrono>

#include "dbus/clock.hpp"

namespace ganesha::exporter {

class RestartBackoff {
 public:
  // Twice as long each time. A server that had served long enough, `served` until it died, begins anew.
  dbus::Duration next(dbus::Duration served) {
    const bool begins_anew = wait_ == dbus::Duration::zero() || served > longest;
    wait_ = begins_anew ? first : std::min(wait_ * 2, longest);
    return wait_;
  }

 private:
  static constexpr dbus::Duration first = std::chrono::seconds(1), longest = std::chrono::seconds(60);
  dbus::Duration wait_{};
};

}  // namespace ganesha::exporter
