// What sdbus-c++ does for us: it opens the connection, reads and writes the socket in steps, and says which
// descriptors and timeouts the event loop has to wait for. Calls, replies, subscriptions and decoding use the
// sd-bus connection inside it directly: that never blocks, and is cheaper. It stays although libsystemd alone
// could do the rest: it is the DBus library that this project is given. sdbus_compat.hpp hides the
// differences between its versions.
#include "connection.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>

#include "handshake.hpp"
#include "sdbus_compat.hpp"
#include "system_bus_address.hpp"

namespace ganesha::dbus {
namespace {

namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;

// Messages that are read in one turn of the loop: some tenths of a millisecond's worth.
constexpr int messages_at_once = 100;

// The bus drops the heartbeats of others than the owner of the name.
std::string heartbeat_rule(const std::string& service) {
  return "type='signal',sender='" + service + "',interface='" + interfaces::admin +
         "',member='heartbeat',path='" + objects::heartbeat + "'";
}

std::string owner_rule(const std::string& service) {
  return "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
         "member='NameOwnerChanged',arg0='" +
         service + "'";
}

// Only the errors of the bus itself have standard names; Ganesha uses its interface as the name. From a peer,
// whose name begins with a colon, they mean nothing: it did answer.
errc classify(const std::string& name, std::string_view sender) {
  static const std::map<std::string, errc, std::less<>> known = {
      {"org.freedesktop.DBus.Error.ServiceUnknown", errc::not_running},
      {"org.freedesktop.DBus.Error.NameHasNoOwner", errc::not_running},
      {"org.freedesktop.DBus.Error.NoReply", errc::not_running},
      {"org.freedesktop.DBus.Error.Disconnected", errc::not_connected},
      {"org.freedesktop.DBus.Error.AccessDenied", errc::access_denied},
  };
  const auto found = known.find(name);
  return found == known.end() || sender.starts_with(':') ? errc::failed : found->second;
}

// Appends an argument to a call; negative on errors, as sd-bus returns them.
struct Append {
  sd_bus_message* call;
  int operator()(std::monostate) const { return 0; }
  int operator()(std::uint16_t id) const { return sd_bus_message_append_basic(call, 'q', &id); }
  int operator()(const std::string& text) const {
    return sd_bus_message_append_basic(call, 's', text.c_str());
  }
  int operator()(const std::pair<std::string, std::string>& texts) const {
    return sd_bus_message_append(call, "ss", texts.first.c_str(), texts.second.c_str());
  }
};

}  // namespace

class BusConnection::Impl : public std::enable_shared_from_this<BusConnection::Impl> {
 public:
  Impl(OpenBus bus, const std::string& address, const std::string& service)
      : connection_(compat::adopt(std::move(bus), address)) {
    check(sd_bus_add_filter(bus_of_calls_, nullptr, take_reply, this));
    subscribe(heartbeat_rule(service), take_heartbeat);
    subscribe(owner_rule(service), take_owner);
  }

  void start(asio::any_io_executor loop, ConnectionEvents events) {
    events_ = std::move(events);
    const auto poll = compat::poll_data(*connection_);
    timer_.emplace(loop);
    bus_.emplace(loop, poll.fd);
    if (poll.event_fd >= 0) wake_.emplace(loop, poll.event_fd);
    schedule_pump();
  }

  // The descriptors belong to sd-bus: they are removed from the loop but not closed here.
  void close() {
    if (std::exchange(closed_, true)) return;
    if (bus_) bus_->release();
    if (wake_) wake_->release();
    if (timer_) timer_->cancel();
    sd_bus_close(bus_of_calls_);  // or a bus that does not read would block the destructor, which flushes
    connection_.reset();
  }

  // Calls bypass sdbus-c++, which keeps a locked table of them: a poll takes a sixth less CPU this way. For
  // sd-bus they need no reply, so it never times out: Ganesha may answer long after our timeout, and the
  // filter sees that too.
  result<std::uint64_t> send(const char* destination, const Method& method, const Argument& argument) {
    if (closed_) return Error{errc::not_connected, {}};
    sd_bus_message* made = nullptr;
    int done = sd_bus_message_new_method_call(bus_of_calls_, &made, destination, method.object,
                                              method.interface, method.name);
    const std::unique_ptr<sd_bus_message, decltype(&sd_bus_message_unref)> call(made, &sd_bus_message_unref);
    if (done >= 0) done = std::visit(Append{call.get()}, argument);
    std::uint64_t id = 0;
    if (done >= 0) done = sd_bus_send(bus_of_calls_, call.get(), &id);
    if (done < 0) return Error{errc::failed, std::generic_category().message(-done)};
    schedule_pump();
    return id;
  }

 private:
  static void check(int done) {
    if (done < 0) throw sdbus::createError(-done, "cannot subscribe");
  }

  void subscribe(const std::string& rule, sd_bus_message_handler_t handler) {
    check(sd_bus_add_match_async(bus_of_calls_, nullptr, rule.c_str(), handler, take_subscription, this));
  }

  // What follows is called by sd-bus, which no exception may cross, from within pump().

  static int take_subscription(sd_bus_message* reply, void* impl, sd_bus_error*) noexcept {
    const auto* error = sd_bus_message_get_error(reply);
    if (error) static_cast<Impl*>(impl)->failure_ = error->message ? error->message : error->name;
    return 0;
  }

  static int take_reply(sd_bus_message* reply, void* impl, sd_bus_error*) noexcept {
    const auto& self = *static_cast<Impl*>(impl);
    std::uint64_t id = 0;
    const char* sender = sd_bus_message_get_sender(reply);
    if (self.closed_ || !sender || sd_bus_message_get_reply_cookie(reply, &id) < 0) return 0;
    const auto* error = sd_bus_message_get_error(reply);
    if (error)
      self.events_.on_reply({id, sender, Error{classify(error->name, sender), shortened(error->message)}});
    else
      self.events_.on_reply({id, sender, Message(reply)});
    return 1;
  }

  static int take_heartbeat(sd_bus_message* signal, void* impl, sd_bus_error*) noexcept {
    int healthy = 0;
    if (sd_bus_message_read(signal, "b", &healthy) < 0 || !healthy) return 0;
    const char* sender = sd_bus_message_get_sender(signal);
    const auto& self = *static_cast<Impl*>(impl);
    if (sender && self.events_.on_heartbeat) self.events_.on_heartbeat(sender);
    return 0;
  }

  // Any process can send such a signal directly to us, whatever the match says: only the bus's own counts.
  static int take_owner(sd_bus_message* signal, void* impl, sd_bus_error*) noexcept {
    const char* sender = sd_bus_message_get_sender(signal);
    if (!sender || sender != std::string_view("org.freedesktop.DBus")) return 0;
    const char *name = nullptr, *before = nullptr, *after = nullptr;
    if (sd_bus_message_read(signal, "sss", &name, &before, &after) < 0) return 0;
    const auto& self = *static_cast<Impl*>(impl);
    if (self.events_.on_owner) self.events_.on_owner(after);
    return 0;
  }

  // Many requests in one turn of the loop share one pump.
  void schedule_pump() {
    if (pump_scheduled_ || closed_ || !bus_) return;
    pump_scheduled_ = true;
    asio::post(bus_->get_executor(), [self = shared_from_this()] { self->pump(); });
  }

  void pump() {
    pump_scheduled_ = false;
    if (closed_) return;
    try {
      step();
    } catch (const sdbus::Error& error) {
      lose(error.what());
    }
  }

  // Others wait while messages are read, however many come.
  void step() {
    for (int left = messages_at_once; left > 0; --left) {
      const bool more = compat::step(*connection_);
      if (closed_) return;
      if (!failure_.empty()) return lose(failure_);
      if (!more) return arm();
    }
    schedule_pump();
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
  sd_bus* bus_of_calls_ = compat::bus_of(*connection_);
  std::string failure_;  // of a subscription
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

result<std::unique_ptr<BusConnection>> BusConnection::open(const std::string& address,
                                                           const std::string& service,
                                                           const std::atomic<bool>& given_up) {
  const auto resolved = address.empty() ? system_bus_address() : address;
  auto bus = shake_hands(resolved, given_up);
  if (!bus) return bus.error();
  try {
    auto impl = std::make_shared<Impl>(std::move(*bus), resolved, service);
    return std::unique_ptr<BusConnection>(new BusConnection(std::move(impl)));
  } catch (const sdbus::Error& error) {
    return Error{errc::not_connected, resolved + ": " + error.getMessage()};
  }
}

BusConnection::BusConnection(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
BusConnection::~BusConnection() { impl_->close(); }

void BusConnection::start(asio::any_io_executor loop, ConnectionEvents events) {
  impl_->start(std::move(loop), std::move(events));
}

result<std::uint64_t> BusConnection::send(const char* destination, const Method& method,
                                          const Argument& argument) {
  return impl_->send(destination, method, argument);
}

}  // namespace ganesha::dbus
