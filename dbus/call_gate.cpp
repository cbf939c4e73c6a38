#include "call_gate.hpp"

#include <utility>

#include "decode.hpp"

namespace ganesha::dbus {
namespace {

// A server that answers `false`, or an error, may not have looked at what the call was about.
Suspension::Answer kind_of(const result<Message>& outcome) {
  if (!outcome && outcome.error().code == errc::timed_out) return Suspension::Answer::missing;
  const bool refused =
      !outcome || (outcome->signature().starts_with("bs") && !MessageReader(*outcome).boolean());
  return refused ? Suspension::Answer::refused : Suspension::Answer::given;
}

// Not an answer: the server or the bus went away.
bool is_gone(const result<Message>& outcome) {
  return !outcome &&
         (outcome.error().code == errc::not_running || outcome.error().code == errc::not_connected);
}

}  // namespace

void CallGate::begin_life(TimePoint now) {
  open_at_end_.reset();
  suspension_.begin_life(now);
}

// An exit may be reported before the bus says that the name is gone, or after.
void CallGate::end_life(std::vector<Request> open) {
  if (exit_reports_ == ExitReports::none)
    suspension_.note_death(std::move(open));
  else if (suspension_.follows_a_life())
    open_at_end_ = std::move(open);
}

void CallGate::end_connection() {
  open_at_end_.reset();
  suspension_.end_life();
}

void CallGate::note_exit(ServerExit exit, std::vector<Request> open) {
  if (exit == ServerExit::clean)
    suspension_.end_life();
  else
    suspension_.note_death(std::move(open_at_end_).value_or(std::move(open)));
  open_at_end_.reset();
}

Suspension::Rule CallGate::rule(const Method& method, Others others) const {
  const auto rule = suspension_.rule(method);
  const bool must_wait = alone_ || (rule == Suspension::Rule::alone && others == Others::awaited);
  return must_wait ? Suspension::Rule::hold : rule;
}

void CallGate::note_sent(std::uint64_t id, Suspension::Rule rule) {
  if (rule == Suspension::Rule::alone) alone_ = id;
}

CallGate::Effect CallGate::note_outcome(const OpenCall& call, const result<Message>& outcome) {
  if (call.id == question_) return take_question(outcome);
  if (call.id != alone_) return Effect::none;
  if (!is_gone(outcome)) suspension_.note_answer_alone(call.request.method, kind_of(outcome));
  return note_timeout(call.id);
}

CallGate::Effect CallGate::note_timeout(std::uint64_t id) {
  if (id != alone_) return Effect::none;
  alone_ = 0;
  return Effect::released;
}

std::optional<Request> CallGate::due_question(TimePoint now) {
  return question_ ? std::nullopt : suspension_.due_question(now);
}

void CallGate::note_question(std::uint64_t id, TimePoint deadline) {
  suspension_.note_question();
  question_ = id;
  question_deadline_ = deadline;
}

// The reply is lost, or the server hangs: polls find out which.
CallGate::Effect CallGate::expire_question(TimePoint now) {
  return now < question_deadline_ ? Effect::none : take_question(Error{errc::timed_out, {}});
}

CallGate::Effect CallGate::take_question(const result<Message>& outcome) {
  question_ = 0;
  question_deadline_ = TimePoint::max();
  if (is_gone(outcome)) return Effect::none;
  const auto version = decode(outcome, decode_version);
  suspension_.note_answer(kind_of(outcome), version ? std::optional(*version) : std::nullopt);
  return suspension_.holds() ? Effect::answered : Effect::released;
}

}  // namespace ganesha::dbus
