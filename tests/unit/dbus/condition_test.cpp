#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <optional>

#include "dbus/clock.hpp"
#include "fake_clock.hpp"

namespace {

namespace asio = boost::asio;
using namespace ganesha::dbus;
using namespace std::chrono_literals;

struct ACondition : testing::Test {
  ganesha::test::FakeClock clock;
  std::optional<Condition> condition{clock};
  std::optional<bool> notified;

  asio::awaitable<void> wait(Duration duration) {
    notified = co_await condition->wait_until(clock.now() + duration);
  }
  void start_waiting(Duration duration) {
    asio::co_spawn(clock.loop(), wait(duration), asio::detached);
    clock.run();
  }
};

TEST_F(ACondition, WakesAWaiterThatIsNotified) {
  start_waiting(1s);
  EXPECT_EQ(notified, std::nullopt);
  condition->notify_all();
  clock.run();
  EXPECT_EQ(notified, true);
}

TEST_F(ACondition, WakesAWaiterAtItsDeadline) {
  start_waiting(1s);
  clock.advance(1s);
  EXPECT_EQ(notified, false);
  condition->notify_all();
}

// A clock that counts its timers and how often they are cancelled.
class CountingClock final : public Clock {
 public:
  explicit CountingClock(asio::any_io_executor executor) : real_(make_real_clock(std::move(executor))) {}
  TimePoint now() const override { return real_->now(); }
  WallTime wall() const override { return real_->wall(); }
  std::unique_ptr<Timer> timer() override { return std::make_unique<CountingTimer>(*this); }

  int timers = 0;
  int cancelled = 0;

 private:
  class CountingTimer final : public Timer {
   public:
    explicit CountingTimer(CountingClock& clock) : clock_(clock), real_(clock.real_->timer()) {
      ++clock_.timers;
    }
    ~CountingTimer() override { --clock_.timers; }
    asio::awaitable<void> wait_until(TimePoint deadline) override { return real_->wait_until(deadline); }
    void cancel() override {
      ++clock_.cancelled;
      real_->cancel();
    }

   private:
    CountingClock& clock_;
    std::unique_ptr<Timer> real_;
  };

  std::unique_ptr<Clock> real_;
};

// A loop destroys the coroutines that still wait when it is destroyed.
struct ALoopWithAWaiter : testing::Test {
  std::optional<asio::io_context> loop{std::in_place};
  CountingClock clock{loop->get_executor()};
  std::optional<Condition> condition{clock};

  ALoopWithAWaiter() {
    asio::co_spawn(*loop, condition->wait(), asio::detached);
    loop->poll();
  }
};

TEST_F(ALoopWithAWaiter, LeavesNothingToNotifyWhenItIsDestroyed) {
  ASSERT_EQ(clock.timers, 1);
  loop.reset();
  EXPECT_EQ(clock.timers, 0);
  condition->notify_all();
  EXPECT_EQ(clock.cancelled, 0);
}

TEST_F(ALoopWithAWaiter, MayBeDestroyedAfterTheCondition) {
  condition.reset();
  loop.reset();
  EXPECT_EQ(clock.timers, 0);
}

}  // namespace
