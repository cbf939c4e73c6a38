// Ganesha's admin object: heartbeats, grace, version.
#pragma once

#include "bus.hpp"
#include "decode_server.hpp"

namespace ganesha::dbus {

// One value a heartbeat: true for a beat, false when none came within the timeout or the owner was lost. Goes
// on after a false. Beats that nobody waited for are kept.
class HeartbeatStream {
 public:
  // A timeout of zero never passes: then only the owner's loss gives false.
  HeartbeatStream(Bus& bus, Duration timeout);
  boost::asio::awaitable<bool> next();

 private:
  bool take_loss();
  bool take_beat();

  Bus& bus_;
  Duration timeout_;
  std::uint64_t seen_beats_;
  std::string seen_owner_;
};

class AdminMgr {
 public:
  explicit AdminMgr(Bus& bus) : bus_(bus) {}

  HeartbeatStream heartbeats(Duration timeout) { return {bus_, timeout}; }
  // get_grace: whether the server is in grace.
  boost::asio::awaitable<result<bool>> get_grace();
  // The property VERSION_RELEASE, such as "4.3".
  boost::asio::awaitable<result<std::string>> version();
  // get_drc_info (15.2): the duplicate request caches.
  boost::asio::awaitable<result<DrcInfo>> drc();

 private:
  Bus& bus_;
};

// One of the Introspect methods: the methods that its object has.
boost::asio::awaitable<result<MethodNames>> introspect(Bus& bus, Method method);

}  // namespace ganesha::dbus
