// The timer loop: decides when to poll. The exporter runs it; what a poll does is up to the source.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>

#include "dbus/clock.hpp"
#include "exporter/model/snapshot.hpp"

namespace ganesha::exporter {

class SnapshotSource {
 public:
  virtual ~SnapshotSource() = default;
  // Whether there is a server to poll.
  virtual bool available() const = 0;
  // Polls the server. Null when the values are of no use, because another server took over meanwhile.
  virtual boost::asio::awaitable<SnapshotPtr> poll() = 0;
  // Returns when calls that timed out have been answered, the server is gone, or the replies count as lost.
  virtual boost::asio::awaitable<void> settled() = 0;
};

struct PollOptions {
  dbus::Duration interval = std::chrono::seconds(5);  // from start to start
  double max_duty = 0.1;                              // the part of the time that polls may take
};

class Poller {
 public:
  Poller(SnapshotSource& source, dbus::Clock& clock, PollOptions options,
         std::function<void(SnapshotPtr)> on_poll);

  // Polls until stop(). Never has two polls running.
  boost::asio::awaitable<void> run();
  // Polls at once; while a poll is running, again right after it unless it succeeds.
  void poll_now();
  // Call when available() may have changed.
  void check_availability() { wake_.notify_all(); }
  void stop();
  // The time from the start of a poll that took this long to the start of the next one.
  dbus::Duration wait_after(dbus::Duration poll) const;

 private:
  boost::asio::awaitable<void> until_due();
  bool due() const;

  SnapshotSource& source_;
  dbus::Clock& clock_;
  PollOptions options_;
  std::function<void(SnapshotPtr)> on_poll_;
  dbus::Condition wake_;
  dbus::TimePoint next_{};
  bool poll_requested_ = false;
  bool stopping_ = false;
};

}  // namespace ganesha::exporter
