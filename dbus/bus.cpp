#include "bus.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "decode.hpp"

namespace ganesha::dbus {
namespace {

namespace asio = boost::asio;

constexpr const char* bus_service = "org.freedesktop.DBus";
constexpr Method get_id{"/org/freedesktop/DBus", bus_service, "GetId"};
constexpr Method get_name_owner{"/org/freedesktop/DBus", bus_service, "GetNameOwner"};

std::shared_ptr<CallScheduler> make_scheduler(BusOptions& options, const BusObserver& observer) {
  const auto reports = options.exit_is_reported ? ExitReports::come : ExitReports::none;
  return std::make_shared<CallScheduler>(
      CallScheduler::Options{options.window, options.call_timeout, reports},
      Suspension(std::move(options.suspension), observer.on_suspension, observer.on_suspension_saved));
}

}  // namespace

Bus::Bus(asio::any_io_executor loop, asio::any_io_executor opener, Clock& clock, BusOptions options,
         BusObserver observer)
    : loop_(std::move(loop)),
      opener_(std::move(opener)),
      clock_(clock),
      options_(std::move(options)),
      observer_(std::move(observer)),
      calls_(make_scheduler(options_, observer_)),
      changed_(clock) {}

Bus::~Bus() = default;

asio::awaitable<void> Bus::run() {
  while (!link_.stopping()) {
    auto opened = co_await open();
    if (link_.stopping()) co_return;
    if (opened) {
      adopt(std::move(*opened));
      co_await until_lost();
    }
    drop(opened ? link_.why_lost() : opened.error());
    co_await back_off();
  }
}

void Bus::stop() {
  link_.stop();
  changed_.notify_all();
}

asio::awaitable<result<std::unique_ptr<BusConnection>>> Bus::open() {
  link_.note_opening();
  auto blocking = [address = options_.address,
                   service = options_.service]() -> asio::awaitable<result<std::unique_ptr<BusConnection>>> {
    co_return BusConnection::open(address, service);
  };
  auto opened = co_await asio::co_spawn(opener_, std::move(blocking), asio::use_awaitable);
  link_.note_open_ended();
  co_return opened;
}

asio::awaitable<void> Bus::until_lost() {
  while (link_.is_kept()) {
    if (calls_->expire_question(clock_.now())) changed_.notify_all();
    send_question();
    co_await changed_.wait_until(calls_->question_due_at());
  }
}

asio::awaitable<void> Bus::back_off() {
  while (link_.must_wait(clock_.now())) co_await changed_.wait_until(link_.retry_at());
}

void Bus::adopt(std::unique_ptr<BusConnection> connection) {
  connection_ = std::move(connection);
  link_.note_connected();
  calls_->note_connected();
  connection_->start(
      loop_, {[this](auto id, auto reply) { take_reply(id, std::move(reply)); },
              [this](auto sender) { take_heartbeat(sender); }, [this](auto owner) { set_owner(owner); },
              [this](const auto& why) { lose(why); }});
  query_bus();
  if (observer_.on_connected) observer_.on_connected();
  changed_.notify_all();
}

void Bus::lose(const std::string& why) {
  link_.note_lost(why);
  calls_->note_connection_lost();
  changed_.notify_all();
}

void Bus::drop(const Error& why) {
  connection_.reset();
  link_.note_closed(clock_.now());
  owner_.note_unknown();
  calls_->note_disconnected(why);
  set_owner({});
  if (observer_.on_disconnected && !link_.stopping()) observer_.on_disconnected(why);
  changed_.notify_all();
}

// The owner is asked for after the subscription, so that no change can slip between the reply and the
// signals.
void Bus::query_bus() {
  const auto id = connection_->send(bus_service, get_id, {});
  const auto owner = connection_->send(bus_service, get_name_owner, options_.service);
  bus_id_call_ = id ? *id : 0;
  owner_call_ = owner ? *owner : 0;
}

bool Bus::take_bus_reply(std::uint64_t id, const result<Message>& reply) {
  if (id != bus_id_call_ && id != owner_call_) return false;
  if (id == owner_call_) owner_.note_known();
  const auto text = decode(reply, decode_string);
  if (!text) return true;
  if (id == bus_id_call_) owner_.note_bus(*text);
  if (id == owner_call_) set_owner(*text);
  return true;
}

void Bus::take_reply(std::uint64_t id, result<Message> reply) {
  if (take_bus_reply(id, reply)) return;
  if (calls_->note_reply(id, std::move(reply))) changed_.notify_all();
}

void Bus::take_heartbeat(std::string_view sender) {
  if (owner_.note_heartbeat(sender)) changed_.notify_all();
}

void Bus::set_owner(std::string_view owner) {
  if (!owner_.change_to(owner)) return;
  if (owner.empty())
    calls_->note_owner_gone();
  else
    calls_->note_new_owner(clock_.now());
  changed_.notify_all();
}

void Bus::note_server_exit(ServerExit exit) { calls_->note_server_exit(exit); }

}  // namespace ganesha::dbus
