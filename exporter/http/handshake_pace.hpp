// Spreads TLS handshakes over time, so that they take about half of the loop and leave the rest to all
// others: a signature with a large RSA key takes milliseconds. Knows no clock.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>

namespace ganesha::exporter {

class HandshakePace {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr std::chrono::seconds longest_wait{4};

  /// `on_refusal` is called for each step that may not be done.
  explicit HandshakePace(std::function<void()> on_refusal) : on_refusal_(std::move(on_refusal)) {}

  /// When a step of a handshake may be done, which is now if no others wait; none: too many do.
  std::optional<Clock::time_point> reserve(Clock::time_point now) {
    const Clock::time_point turn = std::max(next_, now);
    if (turn - now > longest_wait) {
      on_refusal_();
      return std::nullopt;
    }
    next_ = turn + 2 * cost_;
    return turn;
  }

  /// What a step has cost. The next ones are expected to cost about the same.
  void took(Clock::duration time) { cost_ += (std::min<Clock::duration>(time, most_cost) - cost_) / 4; }

 private:
  // A machine that was busy with something else says nothing of handshakes.
  static constexpr std::chrono::milliseconds most_cost{10};

  std::function<void()> on_refusal_;
  Clock::time_point next_{};  // the earliest turn that is free
  Clock::duration cost_ = std::chrono::milliseconds(1);
};

}  // namespace ganesha::exporter
