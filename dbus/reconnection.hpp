// The state of the connection to the bus, and how long to wait before it is opened again. Bus owns one,
// reports what happened and does what follows. No bus and no clock is known here.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <utility>

#include "error.hpp"
#include "time.hpp"

namespace ganesha::dbus {

class Reconnection {
 public:
  // Gives a random duration between the two. Several exporters that lost one bus must not come back in step.
  using Jitter = std::function<std::chrono::milliseconds(std::chrono::milliseconds least,
                                                         std::chrono::milliseconds most)>;

  explicit Reconnection(Jitter jitter) : jitter_(std::move(jitter)) {}

  // A connection is open, and the bus was asked something: it answers until `answer_due`, or it is silent.
  void note_connected(TimePoint answer_due) noexcept;
  void note_answered() noexcept;
  void note_lost(std::string why);
  // The lost connection is closed, or the attempt failed: the next one comes after the back-off.
  void note_closed(TimePoint now);
  void stop() noexcept { stopping_ = true; }

  bool stopping() const noexcept { return stopping_; }
  // Whether the connection is to be used further.
  bool is_kept() const noexcept { return (has_answered() || state_ == State::connected) && !stopping_; }
  bool has_answered() const noexcept { return state_ == State::answered; }
  // Whether the bus let the time for its first answer pass.
  bool is_silent(TimePoint now) const noexcept { return state_ == State::connected && now >= answer_due_; }
  // When is_silent() is due.
  TimePoint answer_due() const noexcept;
  // Whether the next attempt is to wait, until retry_at().
  bool must_wait(TimePoint now) const noexcept { return !stopping_ && now < retry_at_; }
  TimePoint retry_at() const noexcept { return retry_at_; }
  Error why_lost() const { return {errc::not_connected, why_lost_}; }

 private:
  enum class State { closed, connected, answered, lost };

  Jitter jitter_;
  State state_ = State::closed;
  TimePoint answer_due_{};
  bool stopping_ = false;
  std::string why_lost_;
  TimePoint retry_at_{};
};

// A jitter from the system's source of random numbers.
Reconnection::Jitter random_jitter();

}  // namespace ganesha::dbus
