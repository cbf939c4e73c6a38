// Decides whether the values of the last poll may be shown: nothing stale is served as fresh. The exporter
// reports events to it, and asks it at each scrape.
#pragma once

#include <cstdint>

#include "dbus/time.hpp"
#include "exporter/model/snapshot.hpp"

namespace ganesha::exporter {

// The state of the server at one moment.
struct ServerView {
  bool up = false;
  std::uint64_t generation = 0;  // Bus::owner_generation()
  dbus::TimePoint now{};
};

class Freshness {
 public:
  // A poll that broke off is shown for one `poll_interval` at most.
  explicit Freshness(dbus::Duration poll_interval) : poll_interval_(poll_interval) {}

  // A poll ended; `snapshot` is not null.
  void poll_ended(SnapshotPtr snapshot, const ServerView& server);
  void went_down() { stale_ = true; }

  // The last poll if it may be shown: it is of the present owner, Ganesha was up ever since, and another poll
  // follows in time. Null otherwise.
  SnapshotPtr fresh(const ServerView& server) const;
  // Whether a server that went up must be polled at once: a poll may have come before the server could answer
  // it, or before it froze.
  bool needs_poll(const ServerView& server) const { return !fresh(server) || !last_poll_->complete; }
  // Fresh or not; null before the first.
  const SnapshotPtr& last_poll() const noexcept { return last_poll_; }

 private:
  dbus::Duration poll_interval_;
  SnapshotPtr last_poll_;
  std::uint64_t generation_ = 0;  // of the owner that was polled
  dbus::TimePoint last_ended_{};
  bool stale_ = true;  // Ganesha was down since the last poll
};

// Whether a poll shows that a server without a heartbeat lives. One that hangs within a poll has answered the
// first calls of it.
inline bool shows_life(const Snapshot& snapshot) { return snapshot.complete && snapshot.answered; }

// Whether the poll as a whole succeeded: it ended, and a collector was successful, if any is enabled.
bool poll_succeeded(const Snapshot& snapshot, CollectorSet enabled);

}  // namespace ganesha::exporter
