// A rate limit: each request takes a token, or is refused. Knows no clock.
#pragma once

#include <algorithm>
#include <chrono>

#include "exporter/http/access_settings.hpp"

namespace ganesha::exporter {

class TokenBucket {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Full at first. The interval is longer than 0.
  TokenBucket(const RateLimit& limit, TimePoint now)
      : interval_(limit.interval), most_(capacity(limit)), filled_(most_), filled_at_(now) {}

  /// False if there is no token.
  bool take(TimePoint now) {
    // What is filled is counted in time: an interval is a token. So parts of tokens are kept exactly.
    filled_ = std::min(most_, filled_ + (now - filled_at_));
    filled_at_ = now;
    if (filled_ < interval_) return false;
    filled_ -= interval_;
    return true;
  }

 private:
  using Nanoseconds = std::chrono::nanoseconds;

  // At most half of what the type can hold (146 years), so that no sum overflows.
  static Nanoseconds capacity(const RateLimit& limit) {
    const Nanoseconds interval = limit.interval;
    return interval * std::min<Nanoseconds::rep>(limit.burst, Nanoseconds::max() / interval / 2);
  }

  Nanoseconds interval_, most_, filled_;
  TimePoint filled_at_;
};

}  // namespace ganesha::exporter
