// Follows Ganesha's heartbeat and reports when Ganesha goes up or down. The exporter owns one and asks it at
// each scrape.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>

#include "dbus/admin_mgr.hpp"
#include "exporter/collect/liveness.hpp"

namespace ganesha::exporter {

class HeartbeatMonitor {
 public:
  // `timeout` zero: no heartbeat is expected, and note_answer() counts instead. `on_change` is called with
  // the new state whenever up() has changed.
  HeartbeatMonitor(dbus::Bus& bus, dbus::Duration timeout, std::function<void(bool up)> on_change);

  // Follows the heartbeat for ever.
  boost::asio::awaitable<void> watch();
  // Whether the poll that just ended shows that the server lives.
  void note_answer(bool answered);

  // Whether Ganesha is up (Liveness).
  bool up() const;
  std::uint64_t heartbeats() const noexcept { return heartbeats_; }
  std::optional<dbus::WallTime> last_heartbeat() const noexcept { return last_heartbeat_; }

 private:
  void report_change();

  dbus::Bus& bus_;
  dbus::Duration timeout_;
  std::function<void(bool up)> on_change_;
  Liveness liveness_;
  std::uint64_t heartbeats_ = 0;
  std::optional<dbus::WallTime> last_heartbeat_;
  bool reported_up_ = false;
};

}  // namespace ganesha::exporter
