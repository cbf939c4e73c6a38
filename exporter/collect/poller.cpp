#include "exporter/collect/poller.hpp"

#include <algorithm>

#include "exporter/base/pace.hpp"

namespace ganesha::exporter {

namespace asio = boost::asio;

Poller::Poller(SnapshotSource& source, dbus::Clock& clock, PollOptions options,
               std::function<void(SnapshotPtr)> on_poll)
    : source_(source), clock_(clock), options_(options), on_poll_(std::move(on_poll)), wake_(clock) {}

asio::awaitable<void> Poller::run() {
  while (true) {
    co_await until_due();
    if (stopping_) co_return;
    poll_requested_ = false;
    const auto start = clock_.now();
    const auto snapshot = co_await source_.poll();
    next_ = start + wait_after(clock_.now() - start);
    // A request that came meanwhile is met by this poll, if it succeeded.
    if (snapshot && snapshot->complete) poll_requested_ = false;
    on_poll_(snapshot);
    if (!snapshot || snapshot->complete) continue;
    // Waiting for a silent server was no load: the duty ratio does not delay the next poll.
    co_await source_.settled();
    next_ = std::min(next_, clock_.now() + options_.interval);
  }
}

void Poller::poll_now() {
  poll_requested_ = true;
  wake_.notify_all();
}

void Poller::stop() {
  stopping_ = true;
  wake_.notify_all();
}

asio::awaitable<void> Poller::until_due() {
  while (!stopping_ && !due()) {
    const auto deadline = source_.available() ? next_ : dbus::TimePoint::max();
    co_await wake_.wait_until(deadline);
  }
}

bool Poller::due() const { return source_.available() && (poll_requested_ || clock_.now() >= next_); }

dbus::Duration Poller::wait_after(dbus::Duration poll) const {
  return start_to_start(poll, options_.interval, options_.max_duty);
}

}  // namespace ganesha::exporter
