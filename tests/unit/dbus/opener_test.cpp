#include "dbus/opener.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <vector>

#include "fake_clock.hpp"

namespace {

using namespace ganesha::dbus;
using namespace ganesha::test;
using namespace std::chrono_literals;
using testing::ElementsAre;
namespace asio = boost::asio;

// A worker whose openings hang until the test ends them: it keeps what is posted to it.
struct AnOpener : testing::Test {
  FakeClock clock;
  asio::io_context worker;
  Opener opener{clock.loop().get_executor(), worker.get_executor(), clock, [this](const auto& flag) {
                  was_given_up.push_back(flag);
                  return Opener::Opened(Error{errc::not_connected, "refused"});
                }};
  std::vector<bool> was_given_up;     // at the end of each opening
  std::vector<std::string> outcomes;  // of each open()

  void open(Duration limit = 10s) {
    const auto note = [this](const std::exception_ptr&, const Opener::Opened& opened) {
      outcomes.emplace_back(opened ? "ok" : name(opened.error().code));
    };
    asio::co_spawn(clock.loop(), opener.open(limit), note);
    clock.run();
  }

  // Ends one opening, or all that were begun.
  void end_one() {
    worker.restart();
    worker.run_one();
    clock.run();
  }
  void end_all() {
    worker.restart();
    worker.run();
    clock.run();
  }

  void TearDown() override { end_all(); }
};

TEST_F(AnOpener, PassesOnWhatTheWorkerBrings) {
  EXPECT_TRUE(opener.idle());
  open();
  EXPECT_FALSE(opener.idle());
  EXPECT_THAT(outcomes, ElementsAre());
  end_one();
  EXPECT_THAT(outcomes, ElementsAre("not_connected"));
  EXPECT_THAT(was_given_up, ElementsAre(false));
  EXPECT_TRUE(opener.idle());
}

TEST_F(AnOpener, GivesUpAnOpeningThatTakesTooLong) {
  open(10s);
  clock.advance(9s);
  EXPECT_THAT(outcomes, ElementsAre());
  clock.advance(1s);
  EXPECT_THAT(outcomes, ElementsAre("timed_out"));
  EXPECT_FALSE(opener.idle()) << "its thread still hangs";
  end_one();
  EXPECT_THAT(was_given_up, ElementsAre(true));
  EXPECT_TRUE(opener.idle());
}

TEST_F(AnOpener, IgnoresTheLateEndOfAnOpeningThatWasGivenUp) {
  open(10s);
  clock.advance(10s);
  open(10s);
  end_one();
  EXPECT_THAT(outcomes, ElementsAre("timed_out"));
  end_one();
  EXPECT_THAT(outcomes, ElementsAre("timed_out", "not_connected"));
}

TEST_F(AnOpener, BeginsNoFurtherOneWhileTooManyHang) {
  for (std::size_t i = 0; i < Opener::most + 2; ++i) {
    open(10s);
    clock.advance(10s);
  }
  EXPECT_THAT(outcomes, testing::SizeIs(Opener::most + 2));
  end_all();
  EXPECT_THAT(was_given_up, testing::SizeIs(Opener::most));
}

TEST_F(AnOpener, GoesOnWhenOneOfThoseThatHangEnds) {
  for (std::size_t i = 0; i < Opener::most; ++i) {
    open(10s);
    clock.advance(10s);
  }
  open(10s);
  end_all();
  EXPECT_THAT(was_given_up, testing::SizeIs(Opener::most));
  end_all();
  EXPECT_THAT(was_given_up, testing::SizeIs(Opener::most + 1));
  EXPECT_EQ(outcomes.back(), "not_connected");
}

TEST_F(AnOpener, GivesUpAtOnceWhenItIsStopped) {
  open();
  opener.stop();
  clock.run();
  EXPECT_THAT(outcomes, ElementsAre("timed_out"));
  end_one();
  EXPECT_THAT(was_given_up, ElementsAre(true));
}

}  // namespace
