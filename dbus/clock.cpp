#include "clock.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace ganesha::dbus {
namespace {

namespace asio = boost::asio;

class RealTimer final : public Timer {
 public:
  explicit RealTimer(const asio::any_io_executor& executor) : timer_(executor) {}

  asio::awaitable<void> wait_until(TimePoint deadline) override {
    timer_.expires_at(deadline);
    co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
  }

  void cancel() override { timer_.cancel(); }

 private:
  asio::steady_timer timer_;
};

class RealClock final : public Clock {
 public:
  explicit RealClock(asio::any_io_executor executor) : executor_(std::move(executor)) {}
  TimePoint now() const override { return std::chrono::steady_clock::now(); }
  WallTime wall() const override { return std::chrono::system_clock::now(); }
  std::unique_ptr<Timer> timer() override { return std::make_unique<RealTimer>(executor_); }

 private:
  asio::any_io_executor executor_;
};

}  // namespace

std::unique_ptr<Clock> make_real_clock(asio::any_io_executor executor) {
  return std::make_unique<RealClock>(std::move(executor));
}

// Stands on the list of timers while its coroutine waits, however the wait ends.
class Condition::Waiter {
 public:
  Waiter(std::shared_ptr<Timers> waiting, Timer& timer) : waiting_(std::move(waiting)), timer_(timer) {
    waiting_->push_back(&timer_);
  }
  ~Waiter() { std::erase(*waiting_, &timer_); }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  // notify_all() takes the timer off the list, the deadline does not.
  bool was_notified() const { return std::ranges::find(*waiting_, &timer_) == waiting_->end(); }

 private:
  std::shared_ptr<Timers> waiting_;
  Timer& timer_;
};

asio::awaitable<bool> Condition::wait_until(TimePoint deadline) {
  const auto timer = clock_.timer();
  const Waiter waiter(waiting_, *timer);
  co_await timer->wait_until(deadline);
  co_return waiter.was_notified();
}

asio::awaitable<void> Condition::wait() { co_await wait_until(TimePoint::max()); }

void Condition::notify_all() {
  for (auto* timer : std::exchange(*waiting_, {})) timer->cancel();
}

}  // namespace ganesha::dbus
