#include "bus.hpp"

#include <algorithm>
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

// A server that answers `false`, or an error, may not have looked at what the call was about.
Suspension::Answer kind_of(const result<Message>& outcome) {
  if (!outcome && outcome.error().code == errc::timed_out) return Suspension::Answer::missing;
  const bool refused =
      !outcome || (outcome->signature().starts_with("bs") && !MessageReader(*outcome).boolean());
  return refused ? Suspension::Answer::refused : Suspension::Answer::given;
}

// No answer of the server's: it, or the bus, went away.
bool is_gone(const result<Message>& outcome) {
  return !outcome &&
         (outcome.error().code == errc::not_running || outcome.error().code == errc::not_connected);
}

Error name_method(const Method& method, Error error) {
  error.detail = error.detail.empty() ? method.name : method.name + (": " + error.detail);
  return error;
}

}  // namespace

// The calls of one call_each(): gathers their outcomes for the coroutine that made them, wherever they come
// from, so that what it does with them is done in its own turn of the loop.
class Bus::Batch {
 public:
  explicit Batch(Bus& bus) : changed(bus.clock_), bus_(&bus) { bus.batches_.push_back(this); }
  // Calls still open go on without us. The loop may destroy coroutines after the bus.
  ~Batch() {
    if (!bus_) return;
    std::erase(bus_->batches_, this);
    for (auto& call : bus_->open_)
      if (call.batch == this) call.batch = nullptr;
    bus_->wake_held();
  }
  void outlive_bus() { bus_ = nullptr; }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  struct Outcome {
    std::size_t index;
    result<Message> value;
  };

  // False, for those who have nothing else to say.
  bool end(std::size_t index, result<Message> value) {
    outcomes_.push_back({index, std::move(value)});
    changed.notify_all();
    bus_->wake_held();
    return false;
  }

  // The outcomes since the last time; valid until the next.
  std::vector<Outcome>& ended() {
    handed_out_.clear();
    std::swap(handed_out_, outcomes_);
    return handed_out_;
  }

  // The first of the calls that are open, and so the first to time out; null when there is none.
  Call* first() {
    const auto ours = [this](const Call& call) { return call.batch == this; };
    const auto found = std::find_if(bus_->open_.begin(), bus_->open_.end(), ours);
    return found == bus_->open_.end() ? nullptr : &*found;
  }

  void starve(TimePoint until) {
    if (!starved_until) starved_until = until;
  }

  // Ends what is out of time, at last the call that found no place. The index of the next.
  std::size_t give_up(TimePoint now, std::size_t next) {
    for (auto* call = first(); call && call->deadline <= now; call = first()) {
      call->batch = nullptr;
      if (call->id == bus_->alone_) bus_->end_alone();
      end(call->index, Error{errc::timed_out, {}});
    }
    if (!starved_until || *starved_until > now) return next;
    starved_until.reset();
    end(next, Error{errc::timed_out, "all earlier calls are unanswered"});
    return next + 1;
  }

  std::optional<TimePoint> starved_until;  // set while the calls of others fill the window
  bool held = false;                       // the next call must wait, for the suspension or a call made alone
  Condition changed;                       // an outcome came, a place became free, or calls are held no more

 private:
  Bus* bus_;
  std::vector<Outcome> outcomes_, handed_out_;
};

Bus::Bus(asio::any_io_executor loop, asio::any_io_executor opener, Clock& clock, BusOptions options,
         BusObserver observer)
    : loop_(std::move(loop)),
      opener_(std::move(opener)),
      clock_(clock),
      options_(std::move(options)),
      observer_(std::move(observer)),
      suspension_(std::move(options_.suspension), observer_.on_suspension, observer_.on_suspension_saved),
      changed_(clock) {}

Bus::~Bus() {
  for (auto* batch : batches_) batch->outlive_bus();
}

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

asio::awaitable<result<std::unique_ptr<BusConnection>>> Bus::open() {
  opening_ = true;
  auto blocking = [address = options_.address,
                   service = options_.service]() -> asio::awaitable<result<std::unique_ptr<BusConnection>>> {
    co_return BusConnection::open(address, service);
  };
  auto opened = co_await asio::co_spawn(opener_, std::move(blocking), asio::use_awaitable);
  opening_ = false;
  co_return opened;
}

asio::awaitable<void> Bus::until_lost() {
  while (!lost_ && !stopping_) {
    if (clock_.now() >= question_deadline_) give_up_question();
    ask_suspects();
    const auto quiet_until = owner_.empty() ? TimePoint::max() : suspension_.quiet_until();
    const auto until = std::min(quiet_until, question_deadline_);
    co_await changed_.wait_until(until);
  }
}

asio::awaitable<void> Bus::pause() {
  const auto end = clock_.now() + reconnect_wait();
  bool waiting = true;
  while (waiting && !stopping_) waiting = co_await changed_.wait_until(end);
}

void Bus::adopt(std::unique_ptr<BusConnection> connection) {
  connection_ = std::move(connection);
  lost_ = false;
  connection_->start(loop_,
                     {[this](auto id, auto reply) { answer(id, std::move(reply)); },
                      [this](auto sender) { count_beat(sender); }, [this](auto owner) { set_owner(owner); },
                      [this](const auto& why) {
                        lost_ = true;
                        lost_why_ = why;
                        changed_.notify_all();
                      }});
  ask_bus();
  if (observer_.on_connected) observer_.on_connected();
  changed_.notify_all();
}

void Bus::drop(const Error& why) {
  connection_.reset();
  owner_known_ = false;
  // The server may live on: that its bus went away is no death.
  suspension_.end_life();
  end_calls(why);
  set_owner({});
  open_at_end_.reset();
  if (observer_.on_disconnected && !stopping_) observer_.on_disconnected(why);
  changed_.notify_all();
}

// What the bus itself answers. Another bus gives the old unique names to new processes. The owner is asked
// for after the subscription, so no change can slip between the answer and the signals.
void Bus::ask_bus() {
  const auto id = connection_->send(bus_service, get_id, {});
  const auto owner = connection_->send(bus_service, get_name_owner, options_.service);
  asked_ = {id ? *id : 0, owner ? *owner : 0};
}

bool Bus::take_from_bus(std::uint64_t id, const result<Message>& reply) {
  if (id != asked_.bus_id && id != asked_.owner) return false;
  if (id == asked_.owner) owner_known_ = true;
  const auto text = decode(reply, decode_string);
  if (!text) return true;
  if (id == asked_.owner) set_owner(*text);
  if (id == asked_.bus_id && std::exchange(bus_id_, *text) != *text) last_owner_.clear();
  return true;
}

void Bus::set_owner(std::string_view owner) {
  if (owner == owner_) return;
  if (!owner_.empty()) note_end_of_owner();
  owner_ = owner;
  ++owner_generation_;
  end_calls({errc::not_running, {}});
  if (!owner_.empty()) {
    if (owner_ != last_owner_ && std::exchange(ever_owned_, true)) ++owner_changes_;
    last_owner_ = owner_;
    open_at_end_.reset();
    suspension_.begin_life(clock_.now());
  }
  wake_batches();
  changed_.notify_all();
}

// An exit may be reported before the bus says that the name is gone, or after.
void Bus::note_end_of_owner() {
  if (!options_.exit_is_reported)
    suspension_.note_death(open_requests());
  else if (suspension_.follows_a_life())
    open_at_end_ = open_requests();
}

void Bus::note_server_exit(ServerExit exit) {
  if (exit == ServerExit::clean)
    suspension_.end_life();
  else
    suspension_.note_death(open_at_end_ ? std::move(*open_at_end_) : open_requests());
  open_at_end_.reset();
}

std::vector<Request> Bus::open_requests() const {
  std::vector<Request> requests;
  for (const auto& call : open_) requests.push_back(call.request);
  return requests;
}

void Bus::wake_batches() {
  for (auto* batch : batches_) batch->changed.notify_all();
}

void Bus::wake_held() {
  for (auto* batch : batches_)
    if (batch->held) batch->changed.notify_all();
}

void Bus::lift_suspensions() {
  suspension_.lift();
  wake_batches();
  changed_.notify_all();
}

void Bus::give_up_unanswered() {
  for (auto& call : open_)
    if (!call.batch) call.given_up = true;
  given_up_ = static_cast<std::size_t>(std::ranges::count(open_, true, &Call::given_up));
  // The bus counts them too, and only a new connection frees their places.
  if (given_up_ > options_.window / 2) {
    lost_ = true;
    lost_why_ = "many replies were lost";
  }
  changed_.notify_all();
}

// Sends what the suspension wants to know, one question at a time.
void Bus::ask_suspects() {
  if (question_ || owner_.empty()) return;
  const auto question = suspension_.due_question(clock_.now());
  if (!question) return;
  const auto id = connection_->send(options_.service.c_str(), question->method, question->argument);
  if (!id) return;
  suspension_.note_question();
  question_ = *id;
  question_deadline_ = clock_.now() + reply_patience();
  open_.push_back({*id, nullptr, 0, question_deadline_, *question});
}

// The reply is lost, or the server hangs: polls find out which.
void Bus::give_up_question() { take_question(Error{errc::timed_out, {}}); }

void Bus::take_question(const result<Message>& outcome) {
  question_ = 0;
  question_deadline_ = TimePoint::max();
  if (is_gone(outcome)) return;
  const auto version = decode(outcome, decode_version);
  suspension_.note_answer(kind_of(outcome), version ? std::optional(*version) : std::nullopt);
  if (!suspension_.holds()) wake_batches();
  changed_.notify_all();
}

void Bus::take_for_suspension(const Call& call, const result<Message>& outcome) {
  if (call.id == question_) take_question(outcome);
  if (call.id != alone_) return;
  if (!is_gone(outcome)) suspension_.note_answer_alone(call.request.method, kind_of(outcome));
  end_alone();
}

void Bus::end_alone() {
  alone_ = 0;
  wake_batches();
}

// Anybody may send a signal of that name: only the owner's counts.
void Bus::count_beat(std::string_view sender) {
  if (sender != owner_) return;
  ++beats_;
  changed_.notify_all();
}

asio::awaitable<result<Message>> Bus::call(Method method, Argument argument) {
  const Request request{method, std::move(argument)};
  result<Message> outcome = Error{errc::failed, {}};
  const auto take = [&outcome](std::size_t, result<Message> value) {
    outcome = std::move(value);
    return true;
  };
  co_await call_each(
      1, [&request](std::size_t) { return request; }, take);
  co_return outcome;
}

asio::awaitable<void> Bus::call_each(std::size_t count, RequestAt request, TakeOutcome take) {
  Batch batch(*this);
  std::size_t next = 0;
  while (true) {
    next = batch.give_up(clock_.now(), next);
    next = fill_window(batch, next, count, request);
    for (auto& [index, outcome] : batch.ended()) {
      if (!outcome) outcome = name_method(request(index).method, outcome.error());
      if (observer_.on_call) observer_.on_call(outcome);
      if (!take(index, std::move(outcome))) count = next;
    }
    if (next < count && !window_is_full() && !batch.held) continue;
    const auto* first = batch.first();
    if (!first && next == count) co_return;
    if (!first && !batch.held) batch.starve(clock_.now() + options_.call_timeout);
    const auto until = first ? first->deadline : batch.starved_until.value_or(TimePoint::max());
    co_await batch.changed.wait_until(until);
  }
}

// Sends until the window is full, one must wait or one cannot be sent; the index of the next.
std::size_t Bus::fill_window(Batch& batch, std::size_t next, std::size_t count, const RequestAt& request) {
  bool sent = true;
  batch.held = false;
  for (; sent && next < count && !window_is_full(); ++next) {
    auto one = request(next);
    batch.held = !may_send(suspension_.rule(one.method));
    if (batch.held) break;
    const auto deadline = batch.starved_until.value_or(clock_.now() + options_.call_timeout);
    batch.starved_until.reset();
    sent = send(std::move(one), batch, next, deadline);
  }
  return next;
}

bool Bus::may_send(Suspension::Rule rule) const {
  if (owner_.empty() || lost_) return true;  // send() says what is missing
  if (alone_ || rule == Suspension::Rule::hold) return false;
  return rule != Suspension::Rule::alone || std::ranges::none_of(open_, &Call::batch);
}

// What cannot be sent has its outcome at once.
bool Bus::send(Request request, Batch& batch, std::size_t index, TimePoint deadline) {
  if (!connection_ || lost_) return batch.end(index, Error{errc::not_connected, {}});
  if (owner_.empty()) return batch.end(index, Error{errc::not_running, {}});
  const auto rule = suspension_.rule(request.method);
  if (rule == Suspension::Rule::refuse) return batch.end(index, Error{errc::suspended, {}});
  const auto id = connection_->send(options_.service.c_str(), request.method, request.argument);
  if (!id) return batch.end(index, id.error());
  if (rule == Suspension::Rule::alone) alone_ = *id;
  open_.push_back({*id, &batch, index, deadline, std::move(request)});
  return true;
}

// What an owner that is gone still answers concerns nobody.
void Bus::answer(std::uint64_t id, result<Message> outcome) {
  if (take_from_bus(id, outcome)) return;
  const auto found =
      std::find_if(open_.begin(), open_.end(), [id](const auto& call) { return call.id == id; });
  if (found == open_.end()) return;
  const Call call = std::move(*found);
  open_.erase(found);
  if (call.given_up) --given_up_;
  take_for_suspension(call, outcome);
  // They take the place before the one who has it could take it again.
  for (auto* batch : batches_)
    if (batch->starved_until) batch->changed.notify_all();
  if (call.batch) call.batch->end(call.index, std::move(outcome));
  if (unanswered() == 0) changed_.notify_all();
}

void Bus::end_calls(const Error& why) {
  while (!open_.empty()) answer(open_.back().id, why);
}

}  // namespace ganesha::dbus
