#include "call_batch.hpp"

#include <utility>

namespace ganesha::dbus {

CallBatch::NextCall CallBatch::make_next(TimePoint deadline) {
  return {next_++, std::exchange(starved_until_, std::nullopt).value_or(deadline)};
}

void CallBatch::end(Outcome outcome) {
  outcomes_.push_back(std::move(outcome));
  wake();
}

std::vector<CallBatch::Outcome>& CallBatch::take_outcomes() {
  handed_out_.clear();
  std::swap(handed_out_, outcomes_);
  return handed_out_;
}

void CallBatch::starve(TimePoint deadline) {
  if (!starved_until_) starved_until_ = deadline;
}

bool CallBatch::expire_starved(TimePoint now) {
  if (!starved_until_ || *starved_until_ > now) return false;
  starved_until_.reset();
  end({next_++, Error{errc::timed_out, "all earlier calls are unanswered"}, std::nullopt});
  return true;
}

}  // namespace ganesha::dbus
