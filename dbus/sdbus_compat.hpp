// The only place that knows sdbus-c++ 1.2 from 2.x. Included by connection.cpp alone.
#pragma once

#include <poll.h>
#include <sdbus-c++/sdbus-c++.h>
#include <systemd/sd-bus.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#define GANESHA_SDBUS_2 __has_include(<sdbus-c++/VTableItems.h>)

namespace ganesha::dbus::compat {

// The sd-bus message inside a message of sdbus-c++: decoding reads it directly, the same for both versions.
struct RawMessage : sdbus::Message {
  static sd_bus_message* of(const sdbus::Message& message) {
    return static_cast<sd_bus_message*>(message.*&RawMessage::msg_);
  }
};

using ReplyHandler = std::function<void(sd_bus_message* reply, const sdbus::Error* error)>;
using SignalHandler = std::function<void(sd_bus_message* signal)>;

// Ganesha may answer long after we gave up; sd-bus itself never gives up, so that late replies are seen.
inline constexpr std::uint64_t no_timeout = UINT64_MAX;

struct Poll {
  int fd;
  short events;
  int event_fd;  // -1 where there is none
  std::optional<std::chrono::microseconds> timeout;
};

#if GANESHA_SDBUS_2

inline std::unique_ptr<sdbus::IProxy> make_proxy(sdbus::IConnection& connection, const std::string& service,
                                                 const std::string& object) {
  return sdbus::createProxy(connection, sdbus::ServiceName{service}, sdbus::ObjectPath{object});
}

inline sdbus::MethodCall make_call(sdbus::IProxy& proxy, const char* interface, const char* method) {
  return proxy.createMethodCall(sdbus::InterfaceName{interface}, sdbus::MethodName{method});
}

inline void send(sdbus::IProxy& proxy, const sdbus::MethodCall& call, ReplyHandler handler) {
  auto callback = [handler = std::move(handler)](sdbus::MethodReply reply,
                                                 std::optional<sdbus::Error> error) {
    handler(error ? nullptr : RawMessage::of(reply), error ? &*error : nullptr);
  };
  proxy.callMethodAsync(call, std::move(callback), no_timeout);
}

inline sdbus::Slot add_match(sdbus::IConnection& connection, const std::string& rule, SignalHandler handler) {
  auto callback = [handler = std::move(handler)](sdbus::Message signal) { handler(RawMessage::of(signal)); };
  return connection.addMatch(rule, std::move(callback), sdbus::return_slot);
}

inline bool step(sdbus::IConnection& connection) { return connection.processPendingEvent(); }

inline Poll poll_data(const sdbus::IConnection& connection) {
  const auto data = connection.getEventLoopPollData();
  const auto relative = data.getRelativeTimeout();
  const bool forever = relative == std::chrono::microseconds::max();
  return {data.fd, data.events, data.eventFd, forever ? std::nullopt : std::optional(relative)};
}

#else

inline std::unique_ptr<sdbus::IProxy> make_proxy(sdbus::IConnection& connection, const std::string& service,
                                                 const std::string& object) {
  return sdbus::createProxy(connection, service, object);
}

inline sdbus::MethodCall make_call(sdbus::IProxy& proxy, const char* interface, const char* method) {
  return proxy.createMethodCall(interface, method);
}

inline void send(sdbus::IProxy& proxy, const sdbus::MethodCall& call, ReplyHandler handler) {
  auto callback = [handler = std::move(handler)](sdbus::MethodReply& reply, const sdbus::Error* error) {
    handler(error ? nullptr : RawMessage::of(reply), error);
  };
  proxy.callMethod(call, std::move(callback), no_timeout);
}

inline sdbus::Slot add_match(sdbus::IConnection& connection, const std::string& rule, SignalHandler handler) {
  auto callback = [handler = std::move(handler)](sdbus::Message& signal) { handler(RawMessage::of(signal)); };
  return connection.addMatch(rule, std::move(callback));
}

inline bool step(sdbus::IConnection& connection) { return connection.processPendingRequest(); }

inline Poll poll_data(const sdbus::IConnection& connection) {
  const auto data = connection.getEventLoopPollData();
  return {data.fd, data.events, -1, data.getRelativeTimeout()};
}

#endif

}  // namespace ganesha::dbus::compat
