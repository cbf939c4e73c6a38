// Follows Ganesha's heartbeat on the bus and reports when Ganesha goes up or down.
#pragma once

#include <functional>

#include "dbus/admin_mgr.hpp"
#include "exporter/collect/life_monitor.hpp"
#include "exporter/collect/liveness.hpp"

namespace ganesha::exporter {

class HeartbeatMonitor final : public LifeMonitor {
 public:
  // `timeout` zero: no heartbeat is expected, and note_answer() counts instead.
  HeartbeatMonitor(dbus::Bus& bus, dbus::Duration timeout, std::function<void(bool up)> on_change);

  boost::asio::awaitable<void> watch() override;
  void note_answer(bool answered) override;

  // By Liveness.
  bool up() const override;
  std::vector<SignOfLife> signs() const override;
  std::optional<Heartbeats> heartbeats() const override { return heartbeats_; }

 private:
  dbus::Bus& bus_;
  dbus::Duration timeout_;
  Liveness liveness_;
  Heartbeats heartbeats_;
};

}  // namespace ganesha::exporter
