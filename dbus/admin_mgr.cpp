#include "admin_mgr.hpp"

namespace ganesha::dbus {

namespace asio = boost::asio;

HeartbeatStream::HeartbeatStream(Bus& bus, Duration timeout)
    : bus_(bus), timeout_(timeout), seen_heartbeats_(bus.heartbeats()), seen_owner_(bus.owner()) {}

asio::awaitable<bool> HeartbeatStream::next() {
  const auto deadline = timeout_ > Duration::zero() ? bus_.clock().now() + timeout_ : TimePoint::max();
  while (true) {
    if (take_loss()) co_return false;
    if (take_heartbeat()) co_return true;
    const bool in_time = co_await bus_.changed().wait_until(deadline);
    if (!in_time) co_return false;
  }
}

bool HeartbeatStream::take_loss() {
  if (bus_.owner() == seen_owner_) return false;
  const bool lost = !seen_owner_.empty();
  seen_owner_ = bus_.owner();
  // A heartbeat of the old owner says nothing about the new one.
  if (lost) seen_heartbeats_ = bus_.heartbeats();
  return lost;
}

bool HeartbeatStream::take_heartbeat() {
  if (bus_.heartbeats() == seen_heartbeats_) return false;
  ++seen_heartbeats_;
  return true;
}

}  // namespace ganesha::dbus
