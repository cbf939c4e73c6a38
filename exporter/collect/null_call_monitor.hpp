// Asks an NFS server without a bus, again and again, whether it answers a NULL call, and reports when it goes
// up or down.
#pragma once

#include <functional>
#include <string>

#include "dbus/clock.hpp"
#include "exporter/collect/life_monitor.hpp"

namespace ganesha::exporter {

class NullCallMonitor final : public LifeMonitor {
 public:
  // Makes one call; whether it was answered before `deadline`.
  using Ask = std::function<boost::asio::awaitable<bool>(dbus::TimePoint deadline)>;

  struct Options {
    std::string address;       // that is asked, as people write it
    dbus::Duration timeout{};  // of one call
    dbus::Duration interval =
        std::chrono::seconds(1);  // from start to start; a slow call delays the next one
  };

  // `on_change` is called with the new state whenever up() has changed.
  NullCallMonitor(dbus::Clock& clock, Options options, Ask ask, std::function<void(bool up)> on_change);

  boost::asio::awaitable<void> watch() override;
  // A poll makes no call to such a server.
  void note_answer(bool) override {}

  // The last call that ended was answered in time.
  bool up() const override { return up_; }
  std::vector<SignOfLife> signs() const override { return {{"null_call", options_.address, up_}}; }
  std::optional<Heartbeats> heartbeats() const override { return std::nullopt; }

 private:
  dbus::Clock& clock_;
  Options options_;
  Ask ask_;
  std::function<void(bool up)> on_change_;
  bool up_ = false;
};

}  // namespace ganesha::exporter
