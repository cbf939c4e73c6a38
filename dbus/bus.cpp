#include "bus.hpp"

#include <algorithm>

#include "decode.hpp"
#include "system_bus_address.hpp"

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
      clock_(clock),
      options_(std::move(options)),
      observer_(std::move(observer)),
      opener_(loop_, std::move(opener), clock,
              [address = options_.address, service = options_.service](const auto& given_up) {
                return BusConnection::open(address, service, given_up);
              }),
      calls_(make_scheduler(options_, observer_)),
      changed_(clock) {}

Bus::~Bus() = default;

asio::awaitable<void> Bus::run() {
  while (!link_.stopping()) {
    auto opened = co_await opener_.open(answer_limit());
    if (link_.stopping()) co_return;
    Error why = silence();
    if (opened) {
      adopt(std::move(*opened));
      co_await until_lost();
      why = link_.why_lost();
    } else if (opened.error().code != errc::timed_out) {
      why = opened.error();
    }
    drop(why);
    co_await back_off();
  }
}

void Bus::stop() {
  link_.stop();
  opener_.stop();
  changed_.notify_all();
}

asio::awaitable<void> Bus::until_lost() {
  while (link_.is_kept()) {
    if (link_.is_silent(clock_.now())) co_return lose(silence().detail);
    if (calls_->expire_question(clock_.now())) changed_.notify_all();
    send_question();
    co_await changed_.wait_until(std::min(calls_->question_due_at(), link_.answer_due()));
  }
}

asio::awaitable<void> Bus::back_off() {
  while (link_.must_wait(clock_.now())) co_await changed_.wait_until(link_.retry_at());
}

// How long the bus may take to let us in, and then for its first answer. A timeout that is short for calls
// must not keep us from connecting on a busy machine.
Duration Bus::answer_limit() const {
  return std::max<Duration>(options_.call_timeout, std::chrono::seconds(1));
}

Error Bus::silence() const {
  const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(answer_limit()).count();
  return {errc::not_connected, (options_.address.empty() ? system_bus_address() : options_.address) +
                                   ": the bus does not answer, waited " + std::to_string(limit) + " ms"};
}

void Bus::adopt(std::unique_ptr<BusConnection> connection) {
  connection_ = std::move(connection);
  link_.note_connected(clock_.now() + answer_limit());
  connection_->start(
      loop_,
      {[this](auto reply) { take_reply(std::move(reply)); }, [this](auto sender) { take_heartbeat(sender); },
       [this](auto owner) { take_owner_change(owner); }, [this](const auto& why) { lose(why); }});
  query_bus();
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

bool Bus::take_bus_reply(const Reply& reply) {
  if (reply.id != bus_id_call_ && reply.id != owner_call_) return false;
  if (reply.sender != bus_service) return true;
  const auto text = decode(reply.outcome, decode_string);
  if (reply.id == owner_call_)
    take_owner(text);
  else
    owner_.note_bus(text ? *text : std::string());
  return true;
}

// From here on the bus counts as connected: it has answered.
void Bus::take_owner(const result<std::string>& owner) {
  owner_.note_known();
  link_.note_answered();
  calls_->note_connected();
  if (observer_.on_connected) observer_.on_connected();
  if (owner) set_owner(*owner);
  changed_.notify_all();
}

// Before the bus has said who it is, the name may be one that another bus gave to another process. The reply
// that is awaited was made later.
void Bus::take_owner_change(std::string_view owner) {
  if (owner_.known()) set_owner(owner);
}

// Some buses let any process send a reply. What is neither the owner's nor an error of the bus itself is no
// reply to us.
void Bus::take_reply(Reply reply) {
  if (take_bus_reply(reply)) return;
  const bool from_bus = !reply.outcome && reply.sender == bus_service;
  if (!from_bus && reply.sender != owner_.name()) return;
  if (calls_->note_reply(reply.id, std::move(reply.outcome))) changed_.notify_all();
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
