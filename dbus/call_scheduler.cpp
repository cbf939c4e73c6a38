#include "call_scheduler.hpp"

#include <algorithm>
#include <utility>

namespace ganesha::dbus {

using Rule = Suspension::Rule;

void CallScheduler::remove(CallBatch& batch) {
  std::erase(batches_, &batch);
  window_.detach(batch);
  wake_held();
}

void CallScheduler::expire(CallBatch& batch, TimePoint now) {
  while (const auto call = window_.expire(batch, now)) {
    apply(gate_.note_timeout(call->id));
    end(batch, {call->index, Error{errc::timed_out, {}}, call->sent_at});
  }
  if (batch.expire_starved(now)) wake_held();
}

bool CallScheduler::has_room(const CallBatch& batch) const {
  return !batch.all_made() && !batch.held() && !window_.is_full();
}

std::optional<PlannedCall> CallScheduler::plan(CallBatch& batch, Request request, TimePoint now) {
  const auto others = window_.is_awaited() ? CallGate::Others::awaited : CallGate::Others::none;
  const auto rule = gate_.rule(request.method, others);
  const auto refused = refusal(rule);
  if (!refused && rule == Rule::hold) {
    batch.hold();
    return std::nullopt;
  }
  const auto place = batch.make_next(now + options_.call_timeout);
  if (!refused) return PlannedCall{&batch, place, now, std::move(request), rule};
  end(batch, {place.index, Error{*refused, {}}, std::nullopt});
  return std::nullopt;
}

std::optional<errc> CallScheduler::refusal(Rule rule) const {
  if (connection_ == Connection::none) return errc::not_connected;
  if (server_ == Server::absent) return errc::not_running;
  return rule == Rule::refuse ? std::optional(errc::suspended) : std::nullopt;
}

void CallScheduler::note_sent(PlannedCall call, std::uint64_t id) {
  gate_.note_sent(id, call.rule);
  window_.add({id, call.batch, call.place.index, call.sent_at, call.place.deadline, std::move(call.request)});
}

void CallScheduler::note_not_sent(const PlannedCall& call, const Error& why) {
  end(*call.batch, {call.place.index, why, std::nullopt});
}

std::optional<TimePoint> CallScheduler::next_deadline(CallBatch& batch, TimePoint now) {
  if (const auto first = window_.deadline_of(batch)) return first;
  if (batch.all_made()) return std::nullopt;
  if (!batch.held()) batch.starve(now + options_.call_timeout);
  return batch.starved_until().value_or(TimePoint::max());
}

std::optional<Request> CallScheduler::due_question(TimePoint now) {
  return server_ == Server::absent ? std::nullopt : gate_.due_question(now);
}

void CallScheduler::note_question_sent(Request question, std::uint64_t id, TimePoint now) {
  const auto deadline = now + reply_patience();
  gate_.note_question(id, deadline);
  window_.add({id, nullptr, 0, now, deadline, std::move(question)});
}

TimePoint CallScheduler::question_due_at() const {
  const auto quiet_until = server_ == Server::absent ? TimePoint::max() : suspension().quiet_until();
  return std::min(quiet_until, gate_.question_deadline());
}

bool CallScheduler::expire_question(TimePoint now) { return apply(gate_.expire_question(now)); }

// Replies of a server that is gone have no open call any more.
bool CallScheduler::note_reply(std::uint64_t id, result<Message> outcome) {
  const auto call = window_.take(id);
  return call && end(*call, std::move(outcome));
}

// The server may live on: that its bus went away is no death.
void CallScheduler::note_disconnected(const Error& why) {
  connection_ = Connection::none;
  gate_.end_connection();
  end_all(why);
}

void CallScheduler::note_new_owner(TimePoint now) {
  note_owner_gone();
  server_ = Server::present;
  gate_.begin_life(now);
}

void CallScheduler::note_owner_gone() {
  if (std::exchange(server_, Server::absent) == Server::present) gate_.end_life(window_.requests());
  end_all({errc::not_running, {}});
  wake_all();
}

void CallScheduler::lift_suspensions() {
  gate_.lift();
  wake_all();
}

void CallScheduler::end(CallBatch& batch, CallBatch::Outcome outcome) {
  batch.end(std::move(outcome));
  wake_held();
}

bool CallScheduler::end(const OpenCall& call, result<Message> outcome) {
  const bool changed = apply(gate_.note_outcome(call, outcome));
  // First, or the batch that just freed a place would take it again.
  wake_starved();
  if (call.batch) end(*call.batch, {call.index, std::move(outcome), call.sent_at});
  return changed || unanswered() == 0;
}

void CallScheduler::end_all(const Error& why) {
  while (const auto call = window_.take_last()) end(*call, why);
}

bool CallScheduler::apply(CallGate::Effect effect) {
  if (effect == CallGate::Effect::released) wake_all();
  return effect != CallGate::Effect::none;
}

void CallScheduler::wake_all() {
  for (const auto* batch : batches_) batch->wake();
}

void CallScheduler::wake_held() {
  for (const auto* batch : batches_)
    if (batch->held()) batch->wake();
}

void CallScheduler::wake_starved() {
  for (const auto* batch : batches_)
    if (batch->starved_until()) batch->wake();
}

}  // namespace ganesha::dbus
