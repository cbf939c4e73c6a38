// The calls that the server has not answered yet, each with its place in a window of limited size. A call
// that timed out keeps its place: the bus counts it until it is answered. CallScheduler owns one.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "method.hpp"
#include "time.hpp"

namespace ganesha::dbus {

class CallBatch;

struct OpenCall {
  std::uint64_t id;
  CallBatch*
      batch;  // which waits for the reply; null once it timed out, and for a question of the suspension
  std::size_t index;  // in the batch
  TimePoint sent_at;
  TimePoint deadline;
  Request request;
  bool abandoned = false;  // no reply is expected any more
};

class CallWindow {
 public:
  // At most `size` calls are open; the caller asks is_full() before each.
  explicit CallWindow(std::size_t size) : size_(size) {}

  bool is_full() const noexcept { return open_.size() >= size_; }
  // Calls that may still be answered: all that are open but the abandoned ones.
  std::size_t unanswered() const noexcept { return open_.size() - abandoned_; }
  // Whether a batch waits for any of them.
  bool is_awaited() const;

  void add(OpenCall call);
  // Takes out the call with this id, which frees its place; nothing if it is not open.
  std::optional<OpenCall> take(std::uint64_t id);
  // Takes out the one that was sent last; nothing if none is open.
  std::optional<OpenCall> take_last();

  // The deadline of the batch's first open call, which is the first to time out; nothing if it has none.
  std::optional<TimePoint> deadline_of(const CallBatch& batch) const;
  // Detaches the batch's first open call from it if its deadline has passed, and returns a copy. The call
  // keeps its place.
  std::optional<OpenCall> expire(const CallBatch& batch, TimePoint now);
  // Detaches all calls of the batch. They keep their places.
  void detach(const CallBatch& batch);
  // Expects no replies to the calls that nobody waits for. They keep their places; true when they fill more
  // than half of the window.
  bool abandon_unanswered();

  // All open calls, in the order of sending.
  std::vector<Request> requests() const;

 private:
  std::size_t size_;
  std::vector<OpenCall> open_;  // in the order of sending
  std::size_t abandoned_ = 0;
};

}  // namespace ganesha::dbus
