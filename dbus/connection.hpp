// One open connection to a bus, driven by the event loop: sends calls, passes on replies and two signals, the
// heartbeat and the change of the owner. Bus owns it and makes a new one when it is lost.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "error.hpp"
#include "message.hpp"
#include "method.hpp"

namespace ganesha::dbus {

// A reply to the call that was given this id, or what claims to be one: the sender is the one that the bus
// states, and may be anybody.
struct Reply {
  std::uint64_t id;
  std::string_view sender;
  result<Message> outcome;
};

struct ConnectionEvents {
  std::function<void(Reply reply)> on_reply;
  std::function<void(std::string_view sender)> on_heartbeat;  // a heartbeat with the state healthy
  std::function<void(std::string_view new_owner)> on_owner;   // of the service's name; empty: nobody
  std::function<void(const std::string& why)> on_lost;        // the bus is gone; the last event
};

class BusConnection {
 public:
  // Opens and subscribes. Blocks until the bus lets us in: for a worker thread. Returns soon after `given_up`
  // became true; but sdbus-c++ 1.2 opens a second connection of its own, and a bus that answers only the
  // first can block it for 90 s. An empty address stands for the system bus.
  static result<std::unique_ptr<BusConnection>> open(const std::string& address, const std::string& service,
                                                     const std::atomic<bool>& given_up);
  ~BusConnection();

  // From here on everything runs on `loop`; events come from there, never from within send().
  void start(boost::asio::any_io_executor loop, ConnectionEvents events);
  // Sends a call and returns its id.
  result<std::uint64_t> send(const char* destination, const Method& method, const Argument& argument);

 private:
  class Impl;
  explicit BusConnection(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace ganesha::dbus
