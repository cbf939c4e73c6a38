#include "exporter/built_in/page_fetcher.hpp"

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
using ganesha::dbus::errc;
using ganesha::dbus::Error;
using testing::ElementsAre;
namespace asio = boost::asio;

class APageFetcher : public testing::Test {
 protected:
  // Ends what runs before the fetcher goes.
  ~APageFetcher() override {
    fetcher.stop();
    clock.advance(1h);
    EXPECT_TRUE(ended) << "stop() ends it";
  }

  void start() {
    asio::co_spawn(clock.loop(), fetcher.run(), [this](const std::exception_ptr& error) {
      EXPECT_EQ(error, nullptr);
      ended = true;
    });
    fetcher.resume();
    clock.run();
  }

  asio::awaitable<FetchResult<std::string>> fetch(Duration timeout) {
    starts.push_back(clock.elapsed());
    const auto timer = clock.timer();
    co_await timer->wait_until(clock.now() + std::min(takes, timeout));
    if (takes > timeout) co_return FetchError{{errc::timed_out, {}}};
    if (failure) co_return FetchError{*failure, problem};
    co_return "text " + std::to_string(starts.size());
  }

  PageFetcher::Result read(const std::string& text, ganesha::dbus::WallTime taken) const {
    if (too_many_series) return Error{errc::malformed_reply, {}};
    BuiltInPage page;
    page.outline = outline;
    page.unknown = {text, "known by now"};
    page.taken = taken;
    return std::make_shared<const BuiltInPage>(page);
  }

  // The text of the page, or the error.
  std::string shown() const {
    const auto page = fetcher.page();
    return page ? (*page)->unknown.front() : std::string(name(page.error().code));
  }

  FakeClock clock;
  Log log{LogLevel::error, LogFormat::logfmt};
  Duration takes = 100ms;
  std::optional<Error> failure;
  FetchProblem problem = FetchProblem::other;
  bool too_many_series = false;
  PageOutline outline{{"first", "last"}, "last", 2};
  std::vector<Duration> starts;
  int fetched = 0;
  bool ended = false;
  PageFetcher fetcher{
      clock.loop().get_executor(),
      clock,
      log,
      {15s, 10s, 0.1},
      {[this](Duration timeout) { return fetch(timeout); },
       [this](const auto& text, auto taken) { return read(text, taken); }, [this] { ++fetched; }}};
};

TEST_F(APageFetcher, FetchesAtOnceAndThenAtItsInterval) {
  start();
  EXPECT_EQ(shown(), "pending");
  clock.advance(100ms);
  EXPECT_EQ(shown(), "text 1");
  clock.advance(31s);
  EXPECT_THAT(starts, ElementsAre(0s, 15s, 30s));
  EXPECT_EQ(shown(), "text 3");
  EXPECT_EQ(fetched, 3);
}

TEST_F(APageFetcher, LeavesAServerThatTakesLongMoreTime) {
  takes = 3s;
  start();
  clock.advance(61s);
  EXPECT_THAT(starts, ElementsAre(0s, 30s, 60s));
}

TEST_F(APageFetcher, KeepsThePageForTwoIntervalsAndOneTimeoutWhileFetchesFail) {
  start();
  clock.advance(1s);
  failure = Error{errc::unreachable, {}};
  clock.advance(39s - 1ms);
  EXPECT_EQ(shown(), "text 1");
  clock.advance(1ms);
  EXPECT_EQ(shown(), "unreachable");
  failure.reset();
  clock.advance(6s);
  EXPECT_EQ(shown(), "text 4");
}

TEST_F(APageFetcher, ForgetsThePageAtOnceWhereTheConnectionIsRefused) {
  start();
  clock.advance(1s);
  failure = Error{errc::unreachable, {}};
  problem = FetchProblem::nobody_there;
  clock.advance(15s);
  EXPECT_EQ(shown(), "unreachable");
  failure.reset();
  outline = {{"first"}, "first", 1};
  clock.advance(15s);
  EXPECT_EQ(shown(), "text 3") << "the next server need not have the same families";
}

TEST_F(APageFetcher, AsksLessAndLessOftenForAPageThatIsUnreadableUpToTenMinutes) {
  failure = Error{errc::malformed_reply, {}};
  problem = FetchProblem::unreadable;
  start();
  clock.advance(45min);
  EXPECT_THAT(starts, ElementsAre(0s, 15s, 45s, 105s, 225s, 465s, 945s, 1545s, 2145s));
  failure = Error{errc::timed_out, {}};
  problem = FetchProblem::other;
  clock.advance(10min);
  starts.clear();
  clock.advance(10min);
  EXPECT_EQ(starts.size(), 1U) << "a page that takes too long can be unreadable still";
  failure.reset();
  clock.advance(10min);
  starts.clear();
  clock.advance(1min);
  EXPECT_EQ(starts.size(), 4U) << "at the interval again";
}

TEST_F(APageFetcher, LeavesTheNextServerNotWaitingForAPageThatWasUnreadable) {
  failure = Error{errc::malformed_reply, {}};
  problem = FetchProblem::unreadable;
  start();
  clock.advance(1h);
  fetcher.pause();
  fetcher.resume();
  starts.clear();
  clock.advance(31s);
  EXPECT_EQ(starts.size(), 2U);
}

TEST_F(APageFetcher, AsksLessOftenForAPageThatCannotBeReadButNotAfterOneAlone) {
  start();
  clock.advance(14s);
  too_many_series = true;
  clock.advance(2s);
  too_many_series = false;
  clock.advance(15s);
  too_many_series = true;
  clock.advance(2min);
  EXPECT_THAT(starts, ElementsAre(0s, 15s, 30s, 45s, 60s, 90s, 150s));
}

TEST_F(APageFetcher, RefusesAPageThatLacksAFamilyOfThePageBefore) {
  start();
  clock.advance(1s);
  outline = {{"first"}, "first", 2};
  clock.advance(15s);
  EXPECT_EQ(shown(), "text 1");
  outline = {{"first", "last"}, "last", 2};
  clock.advance(15s);
  EXPECT_EQ(shown(), "text 3");
}

TEST_F(APageFetcher, RefusesAPageWhoseLastFamilyIsShorter) {
  start();
  clock.advance(1s);
  outline.series_of_last = 1;
  clock.advance(15s);
  EXPECT_EQ(shown(), "text 1");
}

TEST_F(APageFetcher, TakesAPageThatLacksTheSameAsThePageBefore) {
  start();
  clock.advance(1s);
  outline = {{"first"}, "first", 2};
  clock.advance(30s);
  EXPECT_EQ(shown(), "text 3");
}

TEST_F(APageFetcher, NeverRefusesTwoPagesInARowAsCut) {
  start();
  clock.advance(1s);
  for (const auto* name : {"second", "third", "fourth", "fifth"}) {
    outline = {{name}, name, 1};
    clock.advance(15s);
  }
  EXPECT_EQ(shown(), "text 5");
}

TEST_F(APageFetcher, TakesTheFirstPageOfAnotherServerAsItIs) {
  start();
  clock.advance(1s);
  outline = {{"first"}, "first", 1};
  fetcher.pause();
  fetcher.resume();
  clock.advance(1s);
  EXPECT_EQ(shown(), "text 2");
}

TEST_F(APageFetcher, SaysWhatACutPageLacks) {
  start();
  clock.advance(1s);
  failure = Error{errc::unreachable, {}};
  clock.advance(44s - 1ms);
  failure.reset();
  outline = {{"first"}, "first", 2};
  clock.advance(1s);
  EXPECT_EQ(fetcher.page().error().detail, "it ends before the family last, which the page before had");
}

TEST_F(APageFetcher, SaysWhenItLastTookAPage) {
  start();
  EXPECT_FALSE(fetcher.last_taken());
  clock.advance(100ms);
  const auto first = clock.wall();
  EXPECT_EQ(fetcher.last_taken(), first);
  failure = Error{errc::unreachable, {}};
  clock.advance(1min);
  EXPECT_EQ(fetcher.last_taken(), first);
  fetcher.pause();
  EXPECT_EQ(fetcher.last_taken(), first);
}

TEST_F(APageFetcher, ReportsATimeout) {
  takes = 11s;
  start();
  clock.advance(10s);
  EXPECT_EQ(shown(), "timed_out");
  EXPECT_EQ(fetched, 1) << "the exporter learns of it";
}

TEST_F(APageFetcher, ForgetsThePageOfAServerThatIsDownAndAsksTheNextOneAtOnce) {
  start();
  clock.advance(1s);
  fetcher.pause();
  EXPECT_EQ(shown(), "pending");
  clock.advance(1min);
  EXPECT_THAT(starts, ElementsAre(0s)) << "a server that is down is not asked";
  fetcher.resume();
  clock.advance(1s);
  EXPECT_THAT(starts, ElementsAre(0s, 61s));
  EXPECT_EQ(shown(), "text 2");
}

TEST_F(APageFetcher, DropsWhatTheServerBeforeAnswersLate) {
  takes = 5s;
  start();
  clock.advance(1s);
  fetcher.pause();
  fetcher.resume();
  clock.advance(4s);
  EXPECT_EQ(shown(), "pending");
  EXPECT_THAT(starts, ElementsAre(0s, 5s));
  clock.advance(5s);
  EXPECT_EQ(shown(), "text 2");
}

TEST_F(APageFetcher, AsksAgainSoonWhereThePageIsNotYetKnown) {
  failure = Error{errc::pending, {}};
  start();
  clock.advance(900ms);
  failure.reset();
  clock.advance(200ms);
  EXPECT_EQ(shown(), "text 2");
}

}  // namespace
