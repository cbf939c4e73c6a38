#include "dbus/reconnection.hpp"

#include <gtest/gtest.h>

namespace {

using namespace ganesha::dbus;
using namespace std::chrono_literals;

struct AReconnection : testing::Test {
  TimePoint now{1h};
  std::chrono::milliseconds jitter{300};
  std::chrono::milliseconds least{}, most{};
  Reconnection link{[this](auto from, auto to) {
    least = from;
    most = to;
    return jitter;
  }};
};

TEST_F(AReconnection, TriesAtOnceForTheFirstTime) { EXPECT_FALSE(link.must_wait(now)); }

TEST_F(AReconnection, WaitsBetweenATenthAndHalfASecondAfterAFailedAttempt) {
  link.note_opening();
  link.note_open_ended();
  link.note_closed(now);
  EXPECT_EQ(least, 100ms);
  EXPECT_EQ(most, 500ms);
  EXPECT_EQ(link.retry_at(), now + 300ms);
  EXPECT_TRUE(link.must_wait(now + 299ms));
  EXPECT_FALSE(link.must_wait(now + 300ms));
}

TEST_F(AReconnection, DrawsTheWaitAgainForEachAttempt) {
  link.note_closed(now);
  jitter = 500ms;
  link.note_closed(now);
  EXPECT_EQ(link.retry_at(), now + 500ms);
}

TEST_F(AReconnection, KeepsAConnectionUntilItIsLost) {
  EXPECT_FALSE(link.is_kept());
  link.note_connected();
  EXPECT_TRUE(link.is_kept());
  link.note_lost("Connection reset by peer");
  EXPECT_FALSE(link.is_kept());
  EXPECT_EQ(link.why_lost().message(), "not connected to the bus: Connection reset by peer");
  link.note_closed(now);
  link.note_connected();
  EXPECT_TRUE(link.is_kept());
}

TEST_F(AReconnection, IsOpeningDuringAnAttemptOnly) {
  EXPECT_FALSE(link.opening());
  link.note_opening();
  EXPECT_TRUE(link.opening());
  link.note_open_ended();
  EXPECT_FALSE(link.opening());
}

TEST_F(AReconnection, NeitherWaitsNorKeepsAConnectionOnceItIsStopped) {
  link.note_connected();
  link.stop();
  EXPECT_TRUE(link.stopping());
  EXPECT_FALSE(link.is_kept());
  link.note_closed(now);
  EXPECT_FALSE(link.must_wait(now));
}

TEST(TheJitter, StaysWithinItsBoundsAndVaries) {
  const auto jitter = random_jitter();
  auto least = 500ms, most = 100ms;
  for (int i = 0; i < 1000; ++i) {
    const auto drawn = jitter(100ms, 500ms);
    least = std::min(least, drawn);
    most = std::max(most, drawn);
  }
  EXPECT_GE(least, 100ms);
  EXPECT_LE(most, 500ms);
  EXPECT_LT(least, most);
}

}  // namespace
