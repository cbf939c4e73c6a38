// One open connection to a bus, driven by the event loop: sends calls, passes on replies and two signals, the
// heartbeat and the change of the owner. Bus owns it and makes a new one when it is lost.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "error.hpp"
#include "message.hpp"
#include "methods.hpp"

namespace ganesha::dbus {

struct ConnectionEvents {
  std::function<void(std::uint64_t id, result<Message> reply)>
      on_reply;                                               // to the call that was given this id
  std::function<void(std::string_view sender)> on_heartbeat;  // a heartbeat with the state healthy
  std::function<void(std::string_view new_owner)> on_owner;   // of the service's name; empty: nobody
  std::function<void(const std::string& why)> on_lost;        // the bus is gone; the last event
};

class BusConnection {
 public:
  // Opens and subscribes. Blocks, up to 90 s on a silent bus: for a worker thread. An empty address stands
  // for the system bus.
  static result<std::unique_ptr<BusConnection>> open(const std::string& address, const std::string& service);
  ~BusConnection();

  // From here on everything runs on `loop`; events come from there, never from within send().
  void start(boost::asio::any_io_executor loop, ConnectionEvents events);
  // Sends a call and returns its id. Its reply comes once, or never if the connection is lost or destroyed
  // first.
  result<std::uint64_t> send(const char* destination, const Method& method, const Argument& argument);

 private:
  class Impl;
  explicit BusConnection(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace ganesha::dbus
