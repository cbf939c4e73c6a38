#include "exporter/collect/null_call_monitor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <vector>

#include "fake_clock.hpp"

namespace {

using namespace ganesha::exporter;
using namespace ganesha::test;
using namespace std::chrono_literals;
using ganesha::dbus::Duration;
using ganesha::dbus::TimePoint;
using testing::ElementsAre;
namespace asio = boost::asio;

// A server that is asked: each call takes a while, and is answered or not.
class ANullCallMonitor : public testing::Test {
 protected:
  void watch() {
    asio::co_spawn(clock.loop(), monitor.watch(),
                   [](const std::exception_ptr& error) { EXPECT_EQ(error, nullptr); });
    clock.run();
  }

  asio::awaitable<bool> ask(TimePoint deadline) {
    calls.push_back(clock.elapsed());
    patience = deadline - clock.now();
    const auto timer = clock.timer();
    co_await timer->wait_until(clock.now() + takes);
    co_return answers;
  }

  FakeClock clock;
  bool answers = true;
  Duration takes = 0s, patience{};
  std::vector<Duration> calls;
  std::vector<bool> changes;
  NullCallMonitor monitor{clock,
                          {"192.0.2.1:2049", 10s},
                          [this](TimePoint deadline) { return ask(deadline); },
                          [this](bool up) { changes.push_back(up); }};
};

TEST_F(ANullCallMonitor, CountsTheServerAsUpFromTheFirstAnswerOn) {
  takes = 300ms;
  watch();
  EXPECT_FALSE(monitor.up());
  clock.advance(300ms);
  EXPECT_TRUE(monitor.up());
  EXPECT_THAT(changes, ElementsAre(true));
}

TEST_F(ANullCallMonitor, AsksEverySecondAndGivesEachCallTheTimeout) {
  watch();
  clock.advance(2500ms);
  EXPECT_THAT(calls, ElementsAre(0s, 1s, 2s));
  EXPECT_EQ(patience, 10s);
}

TEST_F(ANullCallMonitor, CountsTheServerAsDownAtTheFirstRefusalAndReportsEachChangeOnce) {
  watch();
  answers = false;
  clock.advance(5s);
  EXPECT_FALSE(monitor.up());
  EXPECT_THAT(changes, ElementsAre(true, false));
  answers = true;
  clock.advance(1s);
  EXPECT_THAT(changes, ElementsAre(true, false, true));
}

TEST_F(ANullCallMonitor, HasOneCallAtATimeWhileTheServerIsSilent) {
  watch();
  answers = false;
  takes = 10s;
  clock.advance(1s);
  EXPECT_TRUE(monitor.up()) << "the call may still be answered";
  clock.advance(10s);
  EXPECT_FALSE(monitor.up());
  EXPECT_THAT(calls, ElementsAre(0s, 1s, 11s));
}

TEST_F(ANullCallMonitor, NamesItsSignAndHasNoHeartbeats) {
  watch();
  const auto signs = monitor.signs();
  ASSERT_EQ(signs.size(), 1U);
  EXPECT_EQ(signs[0].source, "null_call");
  EXPECT_EQ(signs[0].address, "192.0.2.1:2049");
  EXPECT_TRUE(signs[0].seen);
  EXPECT_FALSE(monitor.heartbeats());
}

}  // namespace
