// Whether Ganesha lives, by its heartbeat. Drives ganesha_up; the exporter asks it at each scrape.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>

#include "dbus/admin_mgr.hpp"

namespace ganesha::exporter {

class HeartbeatMonitor {
 public:
  // `timeout` zero: no heartbeat is expected, and note_answer() tells instead. `on_change` is called with the
  // new state whenever up() has changed.
  HeartbeatMonitor(dbus::Bus& bus, dbus::Duration timeout, std::function<void(bool up)> on_change);

  // Follows the heartbeat for ever.
  boost::asio::awaitable<void> watch();
  // Whether the server answered get_grace in the poll that just ended.
  void note_answer(bool answered);

  // Owned, and a healthy beat of this owner is younger than the timeout.
  bool up() const;
  std::uint64_t heartbeats() const noexcept { return heartbeats_; }
  std::optional<dbus::WallTime> last_heartbeat() const noexcept { return last_heartbeat_; }

 private:
  void tell();

  dbus::Bus& bus_;
  dbus::Duration timeout_;
  std::function<void(bool up)> on_change_;
  std::uint64_t heartbeats_ = 0;
  std::optional<dbus::WallTime> last_heartbeat_;
  std::optional<dbus::TimePoint> alive_at_;  // the last sign of life of `alive_owner_`
  std::uint64_t alive_owner_ = 0;
  bool told_up_ = false;
};

}  // namespace ganesha::exporter
