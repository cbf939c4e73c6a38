#include "bus.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <random>

#include "decode.hpp"

namespace ganesha::dbus {
namespace {

namespace asio = boost::asio;

constexpr const char* bus_service = "org.freedesktop.DBus";
constexpr Method get_id{"/org/freedesktop/DBus", bus_service, "GetId"};
constexpr Method get_name_owner{"/org/freedesktop/DBus", bus_service, "GetNameOwner"};

// Several exporters that lost one bus must not come back in step.
Duration reconnect_wait() {
  static thread_local std::minstd_rand random{std::random_device{}()};
  return std::chrono::milliseconds(std::uniform_int_distribution(100, 500)(random));
}

Error name_method(const Method& method, Error error) {
  error.detail = error.detail.empty() ? method.name : method.name + (": " + error.detail);
  return error;
}

}  // namespace

Bus::Bus(asio::any_io_executor loop, asio::any_io_executor opener, Clock& clock, BusOptions options,
         BusObserver observer)
    : loop_(std::move(loop)),
      opener_(std::move(opener)),
      clock_(clock),
      options_(std::move(options)),
      observer_(std::move(observer)),
      changed_(clock),
      place_free_(clock) {}

asio::awaitable<void> Bus::run() {
  while (!stopping_) {
    auto opened = co_await open();
    if (stopping_) co_return;
    if (opened) {
      adopt(std::move(*opened));
      co_await until_lost();
    }
    drop(opened ? Error{errc::not_connected, lost_why_} : opened.error());
    if (!stopping_) co_await pause();
  }
}

void Bus::stop() {
  stopping_ = true;
  changed_.notify_all();
}

asio::awaitable<result<std::unique_ptr<Connection>>> Bus::open() {
  opening_ = true;
  auto blocking = [address = options_.address,
                   service = options_.service]() -> asio::awaitable<result<std::unique_ptr<Connection>>> {
    co_return Connection::open(address, service);
  };
  auto opened = co_await asio::co_spawn(opener_, std::move(blocking), asio::use_awaitable);
  opening_ = false;
  co_return opened;
}

asio::awaitable<void> Bus::until_lost() {
  while (!lost_ && !stopping_) co_await changed_.wait();
}

asio::awaitable<void> Bus::pause() {
  const auto end = clock_.now() + reconnect_wait();
  bool waiting = true;
  while (waiting && !stopping_) waiting = co_await changed_.wait_until(end);
}

void Bus::adopt(std::unique_ptr<Connection> connection) {
  connection_ = std::move(connection);
  lost_ = false;
  connection_->start(
      loop_, {[this](auto sender) { count_beat(sender); }, [this](auto owner) { set_owner(owner, false); },
              [this](const auto& why) {
                lost_ = true;
                lost_why_ = why;
                changed_.notify_all();
              }});
  ask_for_bus_id();
  ask_for_owner();
  if (observer_.on_connected) observer_.on_connected();
  changed_.notify_all();
}

void Bus::drop(const Error& why) {
  connection_.reset();
  owner_known_ = false;
  end_calls(why);
  set_owner({}, false);
  if (observer_.on_disconnected && !stopping_) observer_.on_disconnected(why);
  changed_.notify_all();
}

// Another bus gives the old unique names to new processes.
void Bus::ask_for_bus_id() {
  auto take = [this](const result<Message>& reply) {
    const auto id = decode(reply, decode_string);
    if (id && std::exchange(bus_id_, *id) != *id) last_owner_.clear();
  };
  (void)connection_->send(bus_service, get_id, {}, take);
}

// Asked after the subscription, so no change can slip between the answer and the signals.
void Bus::ask_for_owner() {
  const bool first = !std::exchange(ever_connected_, true);
  auto take = [this, first](const result<Message>& reply) {
    owner_known_ = true;
    if (const auto owner = decode(reply, decode_string)) set_owner(*owner, first);
  };
  (void)connection_->send(bus_service, get_name_owner, options_.service, take);
}

void Bus::set_owner(std::string_view owner, bool met_at_start) {
  if (owner == owner_) return;
  owner_ = owner;
  ++owner_generation_;
  end_calls({errc::not_running, {}});
  if (!owner_.empty() && !met_at_start && owner_ != last_owner_) ++owner_changes_;
  if (!owner_.empty()) last_owner_ = owner_;
  changed_.notify_all();
}

// Anybody may send a signal of that name: only the owner's counts.
void Bus::count_beat(std::string_view sender) {
  if (sender != owner_) return;
  ++beats_;
  changed_.notify_all();
}

asio::awaitable<void> Bus::place_in_window(TimePoint deadline) {
  bool in_time = true;
  while (in_time && connection_ && open_.size() >= options_.window)
    in_time = co_await place_free_.wait_until(deadline);
}

asio::awaitable<result<Message>> Bus::call(Method method, Argument argument) {
  const auto deadline = clock_.now() + options_.call_timeout;
  if (open_.size() >= options_.window) co_await place_in_window(deadline);
  result<Message> outcome = Error{errc::timed_out, {}};
  const auto sent = send(method, argument);
  if (sent) {
    co_await (*sent)->timer->wait_until(deadline);
    if ((*sent)->outcome) outcome = std::move(*(*sent)->outcome);
  } else {
    outcome = sent.error();
  }
  if (!outcome) outcome = name_method(method, outcome.error());
  if (observer_.on_call) observer_.on_call(outcome);
  co_return outcome;
}

result<Bus::CallPtr> Bus::send(const Method& method, const Argument& argument) {
  if (!connection_ || lost_) return Error{errc::not_connected, {}};
  if (owner_.empty()) return Error{errc::not_running, {}};
  if (open_.size() >= options_.window) return Error{errc::timed_out, "all earlier calls are unanswered"};
  const auto call = std::make_shared<Call>(clock_.timer());
  auto on_reply = [this, call](auto outcome) { answer(call, std::move(outcome)); };
  const auto sent = connection_->send(options_.service, method, argument, std::move(on_reply));
  if (!sent) return sent.error();
  open_.push_back(call);
  return call;
}

// What an owner that is gone still answers concerns nobody.
void Bus::answer(const CallPtr& call, result<Message> outcome) {
  if (std::erase(open_, call) == 0) return;
  call->outcome.emplace(std::move(outcome));
  call->timer->cancel();
  place_free_.notify_all();
  if (open_.empty()) changed_.notify_all();
}

void Bus::end_calls(const Error& why) {
  while (!open_.empty()) answer(CallPtr(open_.back()), why);
}

}  // namespace ganesha::dbus
