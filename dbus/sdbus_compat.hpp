// The only place that distinguishes sdbus-c++ 1.2 from 2.x. Included by connection.cpp alone.
#pragma once

#include <poll.h>
#include <sdbus-c++/sdbus-c++.h>
#include <systemd/sd-bus.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "handshake.hpp"

#define GANESHA_SDBUS_2 __has_include(<sdbus-c++/VTableItems.h>)

namespace ganesha::dbus::compat {

// The sd-bus message inside a message of sdbus-c++, which is read directly: the same for both versions.
struct RawMessage : sdbus::Message {
  static sd_bus_message* of(const sdbus::Message& message) {
    return static_cast<sd_bus_message*>(message.*&RawMessage::msg_);
  }
};

struct Poll {
  int fd;
  short events;
  int event_fd;  // -1 where there is none
  std::optional<std::chrono::microseconds> timeout;
};

#if GANESHA_SDBUS_2

inline std::unique_ptr<sdbus::IConnection> adopt(OpenBus bus, const std::string& /*address*/) {
  return sdbus::createBusConnection(bus.release());
}

inline sdbus::MethodCall make_call(sdbus::IConnection& connection) {
  const auto proxy = sdbus::createProxy(connection, sdbus::ServiceName{"org.freedesktop.DBus"},
                                        sdbus::ObjectPath{"/org/freedesktop/DBus"});
  return proxy->createMethodCall(sdbus::InterfaceName{"org.freedesktop.DBus.Peer"},
                                 sdbus::MethodName{"Ping"});
}

inline bool step(sdbus::IConnection& connection) { return connection.processPendingEvent(); }

inline Poll poll_data(const sdbus::IConnection& connection) {
  const auto data = connection.getEventLoopPollData();
  const auto relative = data.getRelativeTimeout();
  const bool forever = relative == std::chrono::microseconds::max();
  return {data.fd, data.events, data.eventFd, forever ? std::nullopt : std::optional(relative)};
}

#else

// It takes no connection of others.
inline std::unique_ptr<sdbus::IConnection> adopt(OpenBus bus, const std::string& address) {
  bus.reset();
  return sdbus::createSessionBusConnectionWithAddress(address);
}

inline sdbus::MethodCall make_call(sdbus::IConnection& connection) {
  const auto proxy = sdbus::createProxy(connection, "org.freedesktop.DBus", "/org/freedesktop/DBus");
  return proxy->createMethodCall("org.freedesktop.DBus.Peer", "Ping");
}

inline bool step(sdbus::IConnection& connection) { return connection.processPendingRequest(); }

inline Poll poll_data(const sdbus::IConnection& connection) {
  const auto data = connection.getEventLoopPollData();
  return {data.fd, data.events, -1, data.getRelativeTimeout()};
}

#endif

// The sd-bus connection inside one of sdbus-c++, reachable through its messages only: valid as long as that
// one.
inline sd_bus* bus_of(sdbus::IConnection& connection) {
  return sd_bus_message_get_bus(RawMessage::of(make_call(connection)));
}

}  // namespace ganesha::dbus::compat
