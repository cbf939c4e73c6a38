#include "fake_clock.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace ganesha::test {

namespace asio = boost::asio;
using dbus::TimePoint;

class FakeClock::FakeTimer final : public dbus::Timer {
 public:
  explicit FakeTimer(FakeClock& clock) : clock_(clock), timer_(clock.loop_) { clock_.timers_.insert(this); }
  ~FakeTimer() override { clock_.timers_.erase(this); }

  asio::awaitable<void> wait_until(TimePoint deadline) override {
    deadline_ = deadline;
    timer_.expires_at(deadline_ <= clock_.now_ ? TimePoint::min() : TimePoint::max());
    co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
  }

  void cancel() override {
    deadline_ = TimePoint::max();
    timer_.cancel();
  }

  TimePoint deadline() const { return deadline_; }

 private:
  FakeClock& clock_;
  asio::steady_timer timer_;
  TimePoint deadline_ = TimePoint::max();
};

FakeClock::FakeClock() = default;
FakeClock::~FakeClock() = default;

dbus::WallTime FakeClock::wall() const {
  constexpr dbus::WallTime begin{std::chrono::seconds(1700000000)};
  return begin + std::chrono::duration_cast<dbus::WallTime::duration>(elapsed());
}

std::unique_ptr<dbus::Timer> FakeClock::timer() { return std::make_unique<FakeTimer>(*this); }

void FakeClock::run() {
  loop_.restart();
  loop_.poll();
}

void FakeClock::advance(dbus::Duration by) {
  const auto target = now_ + by;
  run();
  for (auto next = next_deadline(); next <= target; next = next_deadline()) {
    now_ = std::max(now_, next);
    fire();
    run();
  }
  now_ = target;
}

TimePoint FakeClock::next_deadline() const {
  auto next = TimePoint::max();
  for (const auto* timer : timers_) next = std::min(next, timer->deadline());
  return next;
}

void FakeClock::fire() {
  for (auto* timer : timers_)
    if (timer->deadline() <= now_) timer->cancel();
}

}  // namespace ganesha::test
