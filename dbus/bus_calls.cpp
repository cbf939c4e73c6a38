// How Bus makes calls.
#include "bus.hpp"

namespace ganesha::dbus {
namespace {

namespace asio = boost::asio;

Error name_method(const Method& method, Error error) {
  error.detail = error.detail.empty() ? method.name : method.name + (": " + error.detail);
  return error;
}

}  // namespace

// The batch of one call_each(), and the condition that its coroutine waits for. The loop may destroy
// coroutines after the bus.
class Bus::Batch {
 public:
  Batch(Bus& bus, std::size_t count)
      : changed(bus.clock_), calls(count, [this] { changed.notify_all(); }), scheduler_(bus.calls_) {
    bus.calls_->add(calls);
  }
  ~Batch() {
    if (const auto scheduler = scheduler_.lock()) scheduler->remove(calls);
  }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  Condition changed;
  CallBatch calls;

 private:
  std::weak_ptr<CallScheduler> scheduler_;
};

asio::awaitable<result<Message>> Bus::call(Method method, Argument argument) {
  Request request{method, std::move(argument)};
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
  Batch batch(*this, count);
  while (true) {
    calls_->expire(batch.calls, clock_.now());
    send_calls(batch.calls, request);
    take_outcomes(batch.calls, request, take);
    if (calls_->has_room(batch.calls)) continue;
    const auto deadline = calls_->next_deadline(batch.calls, clock_.now());
    if (!deadline) co_return;
    co_await batch.changed.wait_until(*deadline);
  }
}

// Sends until the window is full, a call must wait or one cannot be sent.
void Bus::send_calls(CallBatch& batch, const RequestAt& request) {
  batch.release();
  while (calls_->has_room(batch)) {
    auto call = calls_->plan(batch, request(batch.next()), clock_.now());
    if (!call) return;
    const auto id = connection_->send(options_.service.c_str(), call->request.method, call->request.argument);
    if (!id) return calls_->note_not_sent(*call, id.error());
    calls_->note_sent(std::move(*call), *id);
  }
}

void Bus::take_outcomes(CallBatch& batch, const RequestAt& request, const TakeOutcome& take) {
  for (auto& [index, outcome, sent_at] : batch.take_outcomes()) {
    if (!outcome) outcome = name_method(request(index).method, outcome.error());
    const auto now = clock_.now();
    if (observer_.on_call)
      observer_.on_call({outcome, now - sent_at.value_or(now), [&request, i = index] { return request(i); }});
    if (!take(index, std::move(outcome))) batch.stop();
  }
}

// Sends what the suspension wants to know, one question at a time.
void Bus::send_question() {
  auto question = calls_->due_question(clock_.now());
  if (!question) return;
  const auto id = connection_->send(options_.service.c_str(), question->method, question->argument);
  if (id) calls_->note_question_sent(std::move(*question), *id, clock_.now());
}

void Bus::lift_suspensions() {
  calls_->lift_suspensions();
  changed_.notify_all();
}

void Bus::give_up_unanswered() {
  if (calls_->abandon_unanswered()) lose("many replies were lost");
  changed_.notify_all();
}

}  // namespace ganesha::dbus
