#include "exporter/collect/poller.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <optional>
#include <vector>

#include "fake_clock.hpp"
#include "poll_result.hpp"

namespace {

using namespace ganesha::exporter;
using namespace ganesha::test;
using namespace std::chrono_literals;
using ganesha::dbus::Condition;
using ganesha::dbus::Duration;
using testing::ElementsAre;
namespace asio = boost::asio;

// A source whose polls take as long as the test wants.
class Source final : public SnapshotSource {
 public:
  explicit Source(FakeClock& clock) : clock_(clock), settled_(clock) {}

  bool available() const override { return there; }

  asio::awaitable<SnapshotPtr> poll() override {
    starts.push_back(clock_.elapsed());
    most_at_once = std::max(most_at_once, ++running);
    const auto timer = clock_.timer();
    co_await timer->wait_until(clock_.now() + takes);
    --running;
    co_return answer;
  }

  asio::awaitable<void> settled() override {
    ++asked_to_settle;
    while (unanswered) co_await settled_.wait();
  }

  void settle() {
    unanswered = false;
    settled_.notify_all();
  }

  bool there = true;
  bool unanswered = false;
  Duration takes = 100ms;
  SnapshotPtr answer = poll_result(true);
  std::vector<Duration> starts;
  int running = 0, most_at_once = 0, asked_to_settle = 0;

 private:
  FakeClock& clock_;
  Condition settled_;
};

class APoller : public testing::Test {
 protected:
  // Ends what runs before the poller goes.
  ~APoller() override {
    if (poller) {
      poller->stop();
      source.settle();
      clock.advance(1h);
      EXPECT_TRUE(ended) << "stop() ends it";
    }
  }

  void start(Duration interval = 5s, double max_duty = 0.5) {
    poller.emplace(source, clock, PollOptions{interval, max_duty},
                   [this](SnapshotPtr found) { reported.push_back(std::move(found)); });
    asio::co_spawn(clock.loop(), poller->run(), [this](const std::exception_ptr& error) {
      EXPECT_EQ(error, nullptr);
      ended = true;
    });
    clock.run();
  }

  FakeClock clock;
  Source source{clock};
  std::optional<Poller> poller;
  std::vector<SnapshotPtr> reported;
  bool ended = false;
};

TEST_F(APoller, PollsAtOnce) {
  start();
  EXPECT_THAT(source.starts, ElementsAre(0s));
}

TEST_F(APoller, ReportsWhatAPollFoundWhenItEnds) {
  start();
  clock.advance(99ms);
  EXPECT_TRUE(reported.empty());
  clock.advance(1ms);
  EXPECT_THAT(reported, ElementsAre(source.answer));
}

TEST_F(APoller, WaitsTheIntervalFromStartToStart) {
  source.takes = 2s;
  start();
  clock.advance(16s);
  EXPECT_THAT(source.starts, ElementsAre(0s, 5s, 10s, 15s));
}

TEST_F(APoller, NeverExceedsItsDutyRatio) {
  source.takes = 3s;
  start(5s, 0.1);
  clock.advance(89s);
  EXPECT_THAT(source.starts, ElementsAre(0s, 30s, 60s));
}

TEST_F(APoller, ReturnsToTheIntervalWhenPollsAreQuickAgain) {
  source.takes = 3s;
  start(5s, 0.1);
  clock.advance(3s);
  source.takes = 100ms;
  clock.advance(38s);
  EXPECT_THAT(source.starts, ElementsAre(0s, 30s, 35s, 40s));
}

TEST_F(APoller, NeverHasTwoPollsRunning) {
  source.takes = 20s;
  start(1s, 1);
  for (int i = 0; i < 100; ++i) {
    poller->poll_now();
    poller->check_availability();
    clock.advance(1s);
  }
  EXPECT_EQ(source.most_at_once, 1);
  EXPECT_THAT(source.starts, ElementsAre(0s, 20s, 40s, 60s, 80s, 100s));
}

TEST_F(APoller, PollsAtOnceOnRequest) {
  start();
  clock.advance(2s);
  poller->poll_now();
  clock.run();
  EXPECT_THAT(source.starts, ElementsAre(0s, 2s));
  clock.advance(6s);
  EXPECT_THAT(source.starts, ElementsAre(0s, 2s, 7s)) << "the interval counts from the last start";
}

TEST_F(APoller, NeedsNoMoreAfterARequestedPollThatSucceeds) {
  source.takes = 1s;
  start();
  clock.advance(500ms);
  poller->poll_now();
  clock.advance(4s);
  EXPECT_THAT(source.starts, ElementsAre(0s));
}

TEST_F(APoller, PollsAgainAfterARequestedPollThatFails) {
  source.answer = poll_result(false);
  source.takes = 1s;
  start();
  clock.advance(500ms);
  poller->poll_now();
  poller->poll_now();
  clock.advance(4s);
  EXPECT_THAT(source.starts, ElementsAre(0s, 1s));
}

TEST_F(APoller, WaitsForTimedOutCallsBeforeItPollsAgain) {
  source.answer = poll_result(false);
  source.unanswered = true;
  start();
  clock.advance(1min);
  poller->poll_now();
  clock.advance(1min);
  EXPECT_THAT(source.starts, ElementsAre(0s));
  EXPECT_EQ(reported.size(), 1U) << "what it found was reported at once";
  source.settle();
  clock.run();
  EXPECT_THAT(source.starts, ElementsAre(0s, 2min));
}

TEST_F(APoller, KeepsTheIntervalAfterCallsThatWereSoonAnswered) {
  source.answer = poll_result(false);
  start();
  clock.advance(6s);
  EXPECT_EQ(source.asked_to_settle, 2);
  EXPECT_THAT(source.starts, ElementsAre(0s, 5s));
}

TEST_F(APoller, DoesNotWaitForCallsOfAWholePoll) {
  source.unanswered = true;
  start();
  clock.advance(6s);
  EXPECT_EQ(source.asked_to_settle, 0);
  EXPECT_THAT(source.starts, ElementsAre(0s, 5s));
}

TEST_F(APoller, ReportsAPollThatFoundNothingAndContinues) {
  source.answer = nullptr;
  source.unanswered = true;
  start();
  clock.advance(6s);
  EXPECT_THAT(reported, ElementsAre(nullptr, nullptr));
  EXPECT_THAT(source.starts, ElementsAre(0s, 5s));
  EXPECT_EQ(source.asked_to_settle, 0);
}

TEST_F(APoller, PollsANewOwnerRightAfterThePollThatFoundNothing) {
  source.answer = nullptr;
  source.takes = 1s;
  start();
  clock.advance(500ms);
  poller->poll_now();
  clock.advance(1s);
  EXPECT_THAT(source.starts, ElementsAre(0s, 1s));
}

TEST_F(APoller, WaitsUntilThereIsAServer) {
  source.there = false;
  start();
  poller->poll_now();
  clock.advance(1h);
  EXPECT_TRUE(source.starts.empty());
  source.there = true;
  poller->check_availability();
  clock.run();
  EXPECT_THAT(source.starts, ElementsAre(1h));
}

TEST_F(APoller, DoesNotPollWhileThereIsNoServer) {
  start();
  clock.advance(1s);
  source.there = false;
  clock.advance(1min);
  EXPECT_THAT(source.starts, ElementsAre(0s));
  source.there = true;
  poller->poll_now();
  clock.run();
  EXPECT_THAT(source.starts, ElementsAre(0s, 61s));
}

TEST_F(APoller, EndsAtOnceWhenStoppedBetweenPolls) {
  start();
  clock.advance(1s);
  poller->stop();
  clock.run();
  EXPECT_TRUE(ended);
}

TEST_F(APoller, EndsAtOnceWhenStoppedWhileThereIsNoServer) {
  source.there = false;
  start();
  poller->stop();
  clock.run();
  EXPECT_TRUE(ended);
}

TEST_F(APoller, LetsARunningPollEndWhenStopped) {
  start();
  poller->stop();
  clock.run();
  EXPECT_FALSE(ended);
  clock.advance(1h);
  EXPECT_TRUE(ended);
  EXPECT_THAT(source.starts, ElementsAre(0s)) << "and begins no other";
}

}  // namespace
