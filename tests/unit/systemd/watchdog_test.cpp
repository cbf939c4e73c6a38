#include "exporter/systemd/watchdog.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "fake_clock.hpp"

namespace ganesha::exporter {
namespace {

using std::chrono_literals::operator""s;

// The loop and the worker turn when the test says so.
class TheWatchdog : public testing::Test {
 protected:
  test::FakeClock clock;
  boost::asio::io_context worker;
  int beats = 0;

  void start() {
    boost::asio::co_spawn(clock.loop(), keep_beating(clock, 30s, worker.get_executor(), [this] { ++beats; }),
                          boost::asio::detached);
    turn();
  }
  void turn_worker() {
    worker.restart();
    worker.poll();
  }
  // Both, until neither has anything to do.
  void turn() {
    clock.run();
    turn_worker();
    clock.run();
  }
};

TEST_F(TheWatchdog, BeatsTwiceInTheTimeThatTheManagerWaits) {
  start();
  EXPECT_EQ(beats, 1);
  for (int i = 0; i < 20; ++i) {
    clock.advance(15s);
    turn();
  }
  EXPECT_EQ(beats, 21);
}

TEST_F(TheWatchdog, BeatsNoMoreThanThat) {
  start();
  clock.advance(14s);
  turn();
  EXPECT_EQ(beats, 1);
}

TEST_F(TheWatchdog, DoesNotBeatWhileTheWorkerHangs) {
  start();
  clock.advance(3600s);
  EXPECT_EQ(beats, 1);
  turn_worker();
  clock.run();
  EXPECT_EQ(beats, 2) << "and goes on once it turns again";
}

TEST_F(TheWatchdog, DoesNotBeatWhileTheLoopHangs) {
  start();
  clock.advance(15s);
  turn_worker();
  EXPECT_EQ(beats, 1);
  clock.run();
  EXPECT_EQ(beats, 2) << "and goes on once it turns again";
}

TEST_F(TheWatchdog, LeavesOneJobAtMostWithAWorkerThatHangs) {
  start();
  clock.advance(3600s);
  worker.restart();
  EXPECT_EQ(worker.poll(), 1U);
}

}  // namespace
}  // namespace ganesha::exporter
