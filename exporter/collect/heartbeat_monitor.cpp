#include "exporter/collect/heartbeat_monitor.hpp"

namespace ganesha::exporter {

namespace asio = boost::asio;

HeartbeatMonitor::HeartbeatMonitor(dbus::Bus& bus, dbus::Duration timeout,
                                   std::function<void(bool up)> on_change)
    : bus_(bus), timeout_(timeout), on_change_(std::move(on_change)) {}

asio::awaitable<void> HeartbeatMonitor::watch() {
  auto beats = dbus::AdminMgr(bus_).heartbeats(timeout_);
  while (true) {
    const bool beat = co_await beats.next();
    if (beat) {
      ++heartbeats_;
      last_heartbeat_ = bus_.clock().wall();
    }
    if (beat && timeout_ > dbus::Duration::zero()) {
      alive_at_ = bus_.clock().now();
      alive_owner_ = bus_.owner_generation();
    }
    tell();
  }
}

void HeartbeatMonitor::note_answer(bool answered) {
  if (timeout_ > dbus::Duration::zero()) return;
  alive_at_ = answered ? std::optional(bus_.clock().now()) : std::nullopt;
  alive_owner_ = bus_.owner_generation();
  tell();
}

bool HeartbeatMonitor::up() const {
  if (bus_.owner().empty() || !alive_at_ || alive_owner_ != bus_.owner_generation()) return false;
  return timeout_ == dbus::Duration::zero() || bus_.clock().now() - *alive_at_ < timeout_;
}

void HeartbeatMonitor::tell() {
  if (up() == told_up_) return;
  told_up_ = !told_up_;
  on_change_(told_up_);
}

}  // namespace ganesha::exporter
