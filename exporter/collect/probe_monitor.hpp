// Asks a server without a bus, again and again, whether it answers a NULL call, looks whether its own page of
// metrics was read, and reports when it goes up or down.
#pragma once

#include <functional>
#include <string>

#include "dbus/clock.hpp"
#include "exporter/collect/life_monitor.hpp"

namespace ganesha::exporter {

class ProbeMonitor final : public LifeMonitor {
 public:
  // Makes one NULL call; whether it was answered before `deadline`.
  using Ask = std::function<boost::asio::awaitable<bool>(dbus::TimePoint deadline)>;

  struct Signs {
    std::string nfs_address{};  // empty: no NULL calls are made
    Ask ask{};
    std::string page_url{};  // empty: no page is read
  };
  struct Pace {
    dbus::Duration timeout{};  // of one call
    dbus::Duration interval =
        std::chrono::seconds(1);  // from start to start; a slow call delays the next one
  };

  ProbeMonitor(dbus::Clock& clock, Signs signs, Pace pace, LifeEvents events);

  boost::asio::awaitable<void> watch() override;
  // A poll makes no call to such a server.
  void note_answer(bool) override {}

  // The last call that ended was answered in time, and the page was read.
  bool up() const override;
  std::vector<SignOfLife> signs() const override;
  std::optional<Heartbeats> heartbeats() const override { return std::nullopt; }

 private:
  void note_call(bool answered);

  dbus::Clock& clock_;
  Signs signs_;
  Pace pace_;
  LifeEvents events_;
  bool answers_ = false;  // NULL calls, if they are made
};

}  // namespace ganesha::exporter
