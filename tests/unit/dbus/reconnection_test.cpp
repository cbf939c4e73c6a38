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
  link.note_connected(now + 10s);
  EXPECT_TRUE(link.is_kept());
  link.note_lost("Connection reset by peer");
  EXPECT_FALSE(link.is_kept());
  EXPECT_EQ(link.why_lost().message(), "not connected to the bus: Connection reset by peer");
  link.note_closed(now);
  link.note_connected(now + 10s);
  EXPECT_TRUE(link.is_kept());
}

TEST_F(AReconnection, FindsABusSilentThatLetsTheTimeForItsFirstAnswerPass) {
  EXPECT_EQ(link.answer_due(), TimePoint::max());
  link.note_connected(now + 10s);
  EXPECT_EQ(link.answer_due(), now + 10s);
  EXPECT_FALSE(link.is_silent(now + 9s));
  EXPECT_TRUE(link.is_silent(now + 10s));
}

TEST_F(AReconnection, FindsABusThatAnsweredOnceNeverSilent) {
  link.note_connected(now + 10s);
  EXPECT_FALSE(link.has_answered());
  link.note_answered();
  EXPECT_TRUE(link.has_answered());
  EXPECT_TRUE(link.is_kept());
  EXPECT_FALSE(link.is_silent(now + 1h));
  EXPECT_EQ(link.answer_due(), TimePoint::max());
}

TEST_F(AReconnection, HasNoAnswerFromAConnectionThatIsLost) {
  link.note_connected(now + 10s);
  link.note_lost("Connection reset by peer");
  link.note_answered();
  EXPECT_FALSE(link.has_answered());
  EXPECT_FALSE(link.is_kept());
}

TEST_F(AReconnection, NeitherWaitsNorKeepsAConnectionOnceItIsStopped) {
  link.note_connected(now + 10s);
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
