#include "reconnection.hpp"

#include <random>

namespace ganesha::dbus {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds shortest_wait{100}, longest_wait{500};

}  // namespace

void Reconnection::note_connected(TimePoint answer_due) noexcept {
  state_ = State::connected;
  answer_due_ = answer_due;
}

void Reconnection::note_answered() noexcept {
  if (state_ == State::connected) state_ = State::answered;
}

TimePoint Reconnection::answer_due() const noexcept {
  return state_ == State::connected ? answer_due_ : TimePoint::max();
}

void Reconnection::note_lost(std::string why) {
  state_ = State::lost;
  why_lost_ = std::move(why);
}

void Reconnection::note_closed(TimePoint now) {
  state_ = State::closed;
  retry_at_ = now + jitter_(shortest_wait, longest_wait);
}

Reconnection::Jitter random_jitter() {
  return [random = std::minstd_rand{std::random_device{}()}](milliseconds least, milliseconds most) mutable {
    return milliseconds(std::uniform_int_distribution(least.count(), most.count())(random));
  };
}

}  // namespace ganesha::dbus
