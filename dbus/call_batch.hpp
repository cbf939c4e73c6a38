// The calls of one Bus::call_each(): how far they have come, and their outcomes until the coroutine that made
// them takes them in its own turn of the loop. CallScheduler moves it on; no bus and no clock is known here.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "error.hpp"
#include "message.hpp"
#include "time.hpp"

namespace ganesha::dbus {

class CallBatch {
 public:
  struct Outcome {
    std::size_t index;
    result<Message> value;
    std::optional<TimePoint> sent_at;  // nothing: it was not sent
  };
  // A call that is being made.
  struct NextCall {
    std::size_t index;
    TimePoint deadline;
  };

  // `wake` is called when there is something to do: an outcome came, a place in the window became free, or
  // calls are no longer held.
  CallBatch(std::size_t count, std::function<void()> wake) : count_(count), wake_(std::move(wake)) {}
  CallBatch(const CallBatch&) = delete;
  CallBatch& operator=(const CallBatch&) = delete;

  // The index of the next call to make.
  std::size_t next() const noexcept { return next_; }
  bool all_made() const noexcept { return next_ == count_; }
  // Makes no further call.
  void stop() noexcept { count_ = next_; }
  // Makes the next call, which times out at `deadline`, or earlier if it waited for a place.
  NextCall make_next(TimePoint deadline);

  // Keeps the outcome of a call and wakes.
  void end(Outcome outcome);
  // The outcomes since the last time; valid until the next.
  std::vector<Outcome>& take_outcomes();

  // The next call must wait, for the suspension or for a call that is made alone.
  void hold() noexcept { held_ = true; }
  void release() noexcept { held_ = false; }
  bool held() const noexcept { return held_; }

  // The calls of others fill the window: the next call times out at `deadline`. The first one counts.
  void starve(TimePoint deadline);
  const std::optional<TimePoint>& starved_until() const noexcept { return starved_until_; }
  // Ends the next call if it has found no place in time. Whether it did.
  bool expire_starved(TimePoint now);

  void wake() const { wake_(); }

 private:
  std::size_t next_ = 0;
  std::size_t count_;
  bool held_ = false;
  std::optional<TimePoint> starved_until_;
  std::vector<Outcome> outcomes_, handed_out_;
  std::function<void()> wake_;
};

}  // namespace ganesha::dbus
