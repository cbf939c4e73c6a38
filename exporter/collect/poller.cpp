#include "exporter/collect/poller.hpp"

#include <algorithm>

namespace ganesha::exporter {

namespace asio = boost::asio;

Poller::Poller(SnapshotSource& source, dbus::Clock& clock, PollOptions options,
               std::function<void(SnapshotPtr)> on_poll)
    : source_(source), clock_(clock), options_(options), on_poll_(std::move(on_poll)), wake_(clock) {}

asio::awaitable<void> Poller::run() {
  while (true) {
    co_await until_due();
    if (stopping_) co_return;
    poked_ = false;
    const auto start = clock_.now();
    const auto snapshot = co_await source_.poll();
    next_ = start + wait_after(clock_.now() - start);
    // Who asked for one meanwhile has got it, if it came to something.
    if (snapshot && snapshot->complete) poked_ = false;
    on_poll_(snapshot);
    if (!snapshot || snapshot->complete) continue;
    // Waiting in vain was no load: nothing is to be made up for once the server answers again.
    co_await source_.settled();
    next_ = std::min(next_, clock_.now() + options_.interval);
  }
}

void Poller::poke() {
  poked_ = true;
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

bool Poller::due() const { return source_.available() && (poked_ || clock_.now() >= next_); }

dbus::Duration Poller::wait_after(dbus::Duration poll) const {
  const auto rest = std::chrono::duration_cast<dbus::Duration>(poll / options_.max_duty);
  return std::max(options_.interval, rest);
}

}  // namespace ganesha::exporter
