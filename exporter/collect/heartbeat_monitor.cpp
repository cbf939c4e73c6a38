#include "exporter/collect/heartbeat_monitor.hpp"

namespace ganesha::exporter {

namespace asio = boost::asio;

HeartbeatMonitor::HeartbeatMonitor(dbus::Bus& bus, dbus::Duration timeout,
                                   std::function<void(bool up)> on_change)
    : LifeMonitor(std::move(on_change)), bus_(bus), timeout_(timeout), liveness_(timeout) {}

asio::awaitable<void> HeartbeatMonitor::watch() {
  auto heartbeats = dbus::AdminMgr(bus_).heartbeats(timeout_);
  while (true) {
    const bool came = co_await heartbeats.next();
    if (came) {
      ++heartbeats_.count;
      heartbeats_.last = bus_.clock().wall();
      heartbeats_.seen = bus_.clock().now();
      liveness_.note_heartbeat(bus_.owner_generation(), *heartbeats_.seen);
    }
    report_change();
  }
}

void HeartbeatMonitor::note_answer(bool answered) {
  liveness_.note_answer(answered, bus_.owner_generation(), bus_.clock().now());
  report_change();
}

bool HeartbeatMonitor::up() const {
  return liveness_.up(!bus_.owner().empty(), bus_.owner_generation(), bus_.clock().now());
}

std::vector<SignOfLife> HeartbeatMonitor::signs() const {
  const bool by_heartbeat = timeout_ > dbus::Duration::zero();
  return {{by_heartbeat ? "heartbeat" : "poll", {}, up()}};
}

}  // namespace ganesha::exporter
