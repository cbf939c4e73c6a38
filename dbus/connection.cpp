#include "connection.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdlib>
#include <map>

#include "sdbus_compat.hpp"

namespace ganesha::dbus {
namespace {

namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;

std::string resolve_address(const std::string& address) {
  if (!address.empty()) return address;
  const char* set = std::getenv("DBUS_SYSTEM_BUS_ADDRESS");
  return set && *set ? set : "unix:path=/run/dbus/system_bus_socket";
}

// Whether somebody listens there. sdbus-c++ 1.2 loses memory with each connection that cannot be begun, and
// while there is no bus one is begun several times a second.
result<void> probe(const std::string& address) {
  sd_bus* bus = nullptr;
  int failure = sd_bus_new(&bus);
  if (failure >= 0) failure = sd_bus_set_address(bus, address.c_str());
  if (failure >= 0) failure = sd_bus_start(bus);
  sd_bus_close_unref(bus);
  if (failure >= 0) return {};
  return Error{errc::not_connected, address + ": " + std::generic_category().message(-failure)};
}

std::string heartbeat_rule() {
  return "type='signal',interface='" + std::string(interfaces::admin) + "',member='heartbeat',path='" +
         objects::heartbeat + "'";
}

std::string owner_rule(const std::string& service) {
  return "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
         "member='NameOwnerChanged',arg0='" +
         service + "'";
}

// Only the bus's own errors have names that can be trusted; Ganesha uses its interface as the name.
errc classify(const std::string& name) {
  static const std::map<std::string, errc, std::less<>> known = {
      {"org.freedesktop.DBus.Error.ServiceUnknown", errc::not_running},
      {"org.freedesktop.DBus.Error.NameHasNoOwner", errc::not_running},
      {"org.freedesktop.DBus.Error.NoReply", errc::not_running},
      {"org.freedesktop.DBus.Error.Disconnected", errc::not_connected},
      {"org.freedesktop.DBus.Error.AccessDenied", errc::access_denied},
  };
  const auto found = known.find(name);
  return found == known.end() ? errc::failed : found->second;
}

struct Append {
  sdbus::MethodCall& call;
  void operator()(std::monostate) const {}
  void operator()(std::uint16_t id) const { call << id; }
  void operator()(const std::string& text) const { call << text; }
  void operator()(const std::pair<std::string, std::string>& texts) const {
    call << texts.first << texts.second;
  }
};

}  // namespace

class Connection::Impl : public std::enable_shared_from_this<Connection::Impl> {
 public:
  Impl(const std::string& address, const std::string& service)
      : connection_(sdbus::createSessionBusConnectionWithAddress(address)) {
    beat_slot_ = compat::add_match(*connection_, heartbeat_rule(), [this](auto* m) { beat(m); });
    owner_slot_ = compat::add_match(*connection_, owner_rule(service), [this](auto* m) { owner_changed(m); });
  }

  void start(asio::any_io_executor loop, ConnectionEvents events) {
    events_ = std::move(events);
    const auto poll = compat::poll_data(*connection_);
    timer_.emplace(loop);
    bus_.emplace(loop, poll.fd);
    if (poll.event_fd >= 0) wake_.emplace(loop, poll.event_fd);
    schedule_pump();
  }

  // The descriptors belong to sd-bus: they leave the loop but are not closed here.
  void close() {
    closed_ = true;
    if (bus_) bus_->release();
    if (wake_) wake_->release();
    if (timer_) timer_->cancel();
    proxies_.clear();
    beat_slot_.reset();
    owner_slot_.reset();
    connection_.reset();
  }

  result<void> send(const std::string& destination, const Method& method, const Argument& argument,
                    OnReply on_reply) {
    try {
      auto& proxy = proxy_for(destination, method.object);
      auto call = compat::make_call(proxy, method.interface, method.name);
      std::visit(Append{call}, argument);
      compat::send(proxy, call, [done = std::move(on_reply)](auto* m, auto* e) { reply(done, m, e); });
      schedule_pump();
      return {};
    } catch (const sdbus::Error& error) {
      return Error{errc::failed, std::string(method.name) + ": " + error.what()};
    }
  }

 private:
  static void reply(const OnReply& done, sd_bus_message* message, const sdbus::Error* error) {
    if (message) return done(Message(message));
    done(Error{classify(error->getName()), error->getMessage()});
  }

  sdbus::IProxy& proxy_for(const std::string& destination, const char* object) {
    auto& proxy = proxies_[object];
    if (!proxy) proxy = compat::make_proxy(*connection_, destination, object);
    return *proxy;
  }

  void beat(sd_bus_message* message) const {
    int healthy = 0;
    if (sd_bus_message_read(message, "b", &healthy) < 0 || !healthy) return;
    const char* sender = sd_bus_message_get_sender(message);
    if (events_.on_beat && sender) events_.on_beat(sender);
  }

  void owner_changed(sd_bus_message* message) const {
    const char *name = nullptr, *before = nullptr, *after = nullptr;
    if (sd_bus_message_read(message, "sss", &name, &before, &after) < 0) return;
    if (events_.on_owner) events_.on_owner(after);
  }

  // Calls and wakes ask for a pump; many of them in one turn of the loop share one.
  void schedule_pump() {
    if (pump_scheduled_ || closed_ || !bus_) return;
    pump_scheduled_ = true;
    asio::post(bus_->get_executor(), [self = shared_from_this()] { self->pump(); });
  }

  void pump() {
    pump_scheduled_ = false;
    if (closed_) return;
    try {
      while (compat::step(*connection_)) {
        if (closed_) return;
      }
      arm();
    } catch (const sdbus::Error& error) {
      lose(error.what());
    }
  }

  void arm() {
    const auto poll = compat::poll_data(*connection_);
    if (poll.events & POLLIN) arm(*bus_, Descriptor::wait_read, reading_);
    if (poll.events & POLLOUT) arm(*bus_, Descriptor::wait_write, writing_);
    if (wake_) arm(*wake_, Descriptor::wait_read, waking_);
    if (poll.timeout) arm_timer(*poll.timeout);
  }

  void arm(Descriptor& descriptor, Descriptor::wait_type what, bool& armed) {
    if (armed) return;
    armed = true;
    descriptor.async_wait(what, [self = shared_from_this(), &armed](boost::system::error_code error) {
      armed = false;
      if (!error) self->pump();
    });
  }

  void arm_timer(std::chrono::microseconds timeout) {
    timer_->expires_after(timeout);
    timer_->async_wait([self = shared_from_this()](boost::system::error_code error) {
      if (!error) self->pump();
    });
  }

  void lose(const std::string& why) {
    if (closed_) return;
    close();
    events_.on_lost(why);
  }

  std::unique_ptr<sdbus::IConnection> connection_;
  sdbus::Slot beat_slot_;
  sdbus::Slot owner_slot_;
  std::map<std::string_view, std::unique_ptr<sdbus::IProxy>>
      proxies_;  // by object: no two services share one
  ConnectionEvents events_;
  std::optional<Descriptor> bus_;
  std::optional<Descriptor> wake_;
  std::optional<asio::steady_timer> timer_;
  bool reading_ = false;
  bool writing_ = false;
  bool waking_ = false;
  bool pump_scheduled_ = false;
  bool closed_ = false;
};

result<std::unique_ptr<Connection>> Connection::open(const std::string& address, const std::string& service) {
  const auto resolved = resolve_address(address);
  if (const auto reachable = probe(resolved); !reachable) return reachable.error();
  try {
    return std::unique_ptr<Connection>(new Connection(std::make_shared<Impl>(resolved, service)));
  } catch (const sdbus::Error& error) {
    return Error{errc::not_connected, resolved + ": " + error.getMessage()};
  }
}

Connection::Connection(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::~Connection() { impl_->close(); }

void Connection::start(asio::any_io_executor loop, ConnectionEvents events) {
  impl_->start(std::move(loop), std::move(events));
}

result<void> Connection::send(const std::string& destination, const Method& method, const Argument& argument,
                              OnReply on_reply) {
  return impl_->send(destination, method, argument, std::move(on_reply));
}

}  // namespace ganesha::dbus
