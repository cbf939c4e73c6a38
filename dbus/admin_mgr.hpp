// Ganesha's admin object: heartbeats, grace, version.
#pragma once

#include <cstdint>
#include <string>

#include "ask.hpp"

namespace ganesha::dbus {

// One value per heartbeat: true for a heartbeat, false when none came within the timeout or the owner was
// lost. Continues after a false. Heartbeats that nobody waited for are kept.
class HeartbeatStream {
 public:
  // A timeout of zero never passes: then only the owner's loss gives false.
  HeartbeatStream(Bus& bus, Duration timeout);
  boost::asio::awaitable<bool> next();

 private:
  bool take_loss();
  bool take_heartbeat();

  Bus& bus_;
  Duration timeout_;
  std::uint64_t seen_heartbeats_;
  std::string seen_owner_;
};

class AdminMgr {
 public:
  explicit AdminMgr(Bus& bus) : bus_(bus) {}

  HeartbeatStream heartbeats(Duration timeout) { return {bus_, timeout}; }
  // get_grace: whether the server is in grace.
  boost::asio::awaitable<result<bool>> get_grace() { return ask(bus_, methods::get_grace()); }
  // The property VERSION_RELEASE, such as "4.3".
  boost::asio::awaitable<result<std::string>> version() {
    return ask(bus_, methods::get_property(version_argument()));
  }

 private:
  Bus& bus_;
};

}  // namespace ganesha::dbus
