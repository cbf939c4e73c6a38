#include "suspension.hpp"

#include <algorithm>
#include <utility>

#include "methods.hpp"

namespace ganesha::dbus {
namespace {

// A server that dies this soon without having been called dies by itself.
constexpr std::chrono::seconds quiet_time{10};

std::vector<Method> methods_of(const std::vector<Request>& requests) {
  std::vector<Method> out;
  for (const auto& one : requests) out.push_back(one.method);
  return out;
}

bool contains(const std::vector<Request>& requests, const Method& method) {
  return std::ranges::find(requests, method, &Request::method) != requests.end();
}

}  // namespace

Suspension::Suspension(SuspensionRecord record, OnStep on_step, OnSave on_save)
    : record_(std::move(record)),
      saved_(record_),
      on_step_(on_step ? std::move(on_step) : [](auto, const auto&) {}),
      on_save_(on_save ? std::move(on_save) : [](const auto&) {}) {}

void Suspension::begin_life(TimePoint now) {
  version_.clear();
  asking_ = asking_version_ = false;
  version_due_ = !is_suspended(methods::get_property);
  next_ = 0;
  quiet_until_ = now + quiet_time;
  if (record_.single)
    phase_ = Phase::quiet;
  else if (record_.empty())
    phase_ = Phase::free;
  else
    begin_questions();
}

void Suspension::begin_questions() {
  phase_ = version_due_ ? Phase::version : Phase::asking;
  if (phase_ == Phase::asking && record_.suspects.empty()) set_free();
}

std::optional<Request> Suspension::due_question(TimePoint now) {
  if (phase_ == Phase::quiet && now >= quiet_until_) begin_questions();
  if (asking_ || phase_ == Phase::no_server || phase_ == Phase::quiet) return std::nullopt;
  asking_version_ = version_due_;
  if (version_due_) return Request{methods::get_property, version_argument()};
  if (phase_ == Phase::asking) return record_.suspects[next_];
  return std::nullopt;
}

void Suspension::note_answer(Answer answer, const std::optional<std::string>& version) {
  asking_ = false;
  if (std::exchange(asking_version_, false)) {
    version_due_ = false;
    if (answer != Answer::missing) clear(methods::get_property);
    if (version) take_version(*version);
    if (phase_ == Phase::version) begin_questions();
    return;
  }
  if (phase_ != Phase::asking) return;
  const bool has_argument = record_.suspects[next_].argument.index() != 0;
  if (answer == Answer::given || (answer == Answer::refused && !has_argument))
    clear(record_.suspects[next_].method);
  else
    ++next_;
  if (next_ == record_.suspects.size()) set_free();
}

void Suspension::note_answer_alone(const Method& method, Answer answer) {
  if (answer != Answer::given || !contains(record_.suspects, method)) return;
  clear(method);
  save();
}

void Suspension::take_version(const std::string& version) {
  version_ = version;
  if (record_.version.empty() || record_.version == version) return;
  const auto suspended = std::exchange(record_, {}).suspended;
  on_step_(SuspensionStep::new_version, suspended);
  save();
}

void Suspension::set_free() {
  phase_ = Phase::free;
  save();
}

// An answer clears a suspect.
void Suspension::clear(const Method& method) {
  const auto erased = std::erase_if(record_.suspects, [&](const auto& one) { return one.method == method; });
  if (!record_.suspects.empty() || erased == 0) return;
  record_.single = false;
  on_step_(SuspensionStep::cleared, {method});
}

void Suspension::note_death(std::vector<Request> open) {
  const auto phase = std::exchange(phase_, Phase::no_server);
  if (phase == Phase::no_server) return;
  if (!version_.empty()) record_.version = version_;
  if (phase == Phase::quiet) {
    const auto innocent = methods_of(std::exchange(record_.suspects, {}));
    record_.single = false;
    on_step_(SuspensionStep::cleared, innocent);
  } else if (open.size() == 1 && contains(record_.suspects, open.front().method)) {
    single_out(std::move(open.front()));
  } else if (!open.empty()) {
    suspect(std::move(open));
  }
  save();
}

// A suspect was called alone, and the server died again.
void Suspension::single_out(Request request) {
  const std::vector<Method> method{request.method};
  const bool third = std::exchange(record_.single, !record_.single);
  record_.suspects.clear();
  if (third)
    record_.suspended.push_back(request.method);
  else
    record_.suspects.push_back(std::move(request));
  on_step_(third ? SuspensionStep::suspended : SuspensionStep::singled_out, method);
}

void Suspension::suspect(std::vector<Request> open) {
  std::vector<Request> suspects;
  const auto add = [&suspects](Request& one) {
    if (!contains(suspects, one.method)) suspects.push_back(std::move(one));
  };
  std::ranges::for_each(open, add);
  std::ranges::for_each(record_.suspects, add);
  record_.suspects = std::move(suspects);
  record_.single = false;
  on_step_(SuspensionStep::suspected, methods_of(record_.suspects));
}

Suspension::Rule Suspension::rule(const Method& method) const {
  if (phase_ == Phase::no_server || (phase_ == Phase::free && record_.empty())) return Rule::call;
  if (is_suspended(method)) return Rule::refuse;
  if (phase_ != Phase::free) return Rule::hold;
  return contains(record_.suspects, method) ? Rule::alone : Rule::call;
}

Suspension::TimePoint Suspension::quiet_until() const noexcept {
  return phase_ == Phase::quiet ? quiet_until_ : TimePoint::max();
}

void Suspension::lift() {
  record_ = {};
  if (holds()) phase_ = Phase::free;
  save();
}

bool Suspension::is_suspended(const Method& method) const {
  return std::ranges::find(record_.suspended, method) != record_.suspended.end();
}

void Suspension::save() {
  if (record_ == saved_) return;
  saved_ = record_;
  on_save_(record_);
}

}  // namespace ganesha::dbus
