#include "exporter/collect/probe_monitor.hpp"

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
class AProbeMonitor : public testing::Test {
 protected:
  void watch(ProbeMonitor& monitor) {
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
  std::vector<bool> changes, answering;
  bool page_read = false;
  LifeEvents events{[this](bool up) { changes.push_back(up); },
                    [this](bool now) { answering.push_back(now); }, [this] { return page_read; }};
  ProbeMonitor::Ask asking = [this](TimePoint deadline) { return ask(deadline); };
  ProbeMonitor nfs{clock, {"192.0.2.1:2049", asking, ""}, {10s}, events};
  ProbeMonitor page{clock, {"", {}, "http://192.0.2.1:9587/metrics"}, {10s}, events};
  ProbeMonitor both{clock, {"192.0.2.1:2049", asking, "http://192.0.2.1:9587/metrics"}, {10s}, events};
};

TEST_F(AProbeMonitor, CountsTheServerAsUpFromTheFirstAnswerOn) {
  takes = 300ms;
  watch(nfs);
  EXPECT_FALSE(nfs.up());
  clock.advance(300ms);
  EXPECT_TRUE(nfs.up());
  EXPECT_THAT(changes, ElementsAre(true));
}

TEST_F(AProbeMonitor, AsksEverySecondAndGivesEachCallTheTimeout) {
  watch(nfs);
  clock.advance(2500ms);
  EXPECT_THAT(calls, ElementsAre(0s, 1s, 2s));
  EXPECT_EQ(patience, 10s);
}

TEST_F(AProbeMonitor, CountsTheServerAsDownAtTheFirstRefusalAndReportsEachChangeOnce) {
  watch(nfs);
  answers = false;
  clock.advance(5s);
  EXPECT_FALSE(nfs.up());
  EXPECT_THAT(changes, ElementsAre(true, false));
  answers = true;
  clock.advance(1s);
  EXPECT_THAT(changes, ElementsAre(true, false, true));
}

TEST_F(AProbeMonitor, HasOneCallAtATimeWhileTheServerIsSilent) {
  watch(nfs);
  answers = false;
  takes = 10s;
  clock.advance(1s);
  EXPECT_TRUE(nfs.up()) << "the call may still be answered";
  clock.advance(10s);
  EXPECT_FALSE(nfs.up());
  EXPECT_THAT(calls, ElementsAre(0s, 1s, 11s));
}

TEST_F(AProbeMonitor, NamesItsSignAndHasNoHeartbeats) {
  watch(nfs);
  const auto signs = nfs.signs();
  ASSERT_EQ(signs.size(), 1U);
  EXPECT_EQ(signs[0].source, "null_call");
  EXPECT_EQ(signs[0].address, "192.0.2.1:2049");
  EXPECT_TRUE(signs[0].seen);
  EXPECT_FALSE(nfs.heartbeats());
}

TEST_F(AProbeMonitor, NeedsThePageTooWhereItIsReadAndReportsWhenItIsThere) {
  watch(both);
  EXPECT_THAT(answering, ElementsAre(true)) << "the page is fetched from now on";
  EXPECT_FALSE(both.up());
  page_read = true;
  EXPECT_TRUE(both.up());
  clock.advance(1s);
  EXPECT_THAT(changes, ElementsAre(true));
  page_read = false;
  clock.advance(1s);
  EXPECT_THAT(changes, ElementsAre(true, false));
  const auto signs = both.signs();
  EXPECT_TRUE(signs[0].seen);
  EXPECT_FALSE(signs[1].seen);
  EXPECT_EQ(signs[1].source, "built_in_page");
}

TEST_F(AProbeMonitor, MakesNoCallWhereThePageAloneIsASign) {
  page_read = true;
  watch(page);
  EXPECT_TRUE(page.up());
  EXPECT_THAT(answering, ElementsAre(true));
  EXPECT_TRUE(calls.empty());
  EXPECT_EQ(page.signs().size(), 1U);
}

}  // namespace
