#include "exporter/http/handshake_pace.hpp"

#include <gtest/gtest.h>

namespace {
using namespace std::chrono_literals;
using ganesha::exporter::HandshakePace;

class AHandshakePace : public testing::Test {
 protected:
  void learn(HandshakePace::Clock::duration cost) {
    for (int i = 0; i < 100; ++i) pace_.took(cost);
  }
  // How long a step that comes after `after` has to wait; -1 s if it may not be done.
  HandshakePace::Clock::duration wait(HandshakePace::Clock::duration after = 0s) {
    const auto now = start_ + after;
    const auto turn = pace_.reserve(now);
    return turn ? *turn - now : -1s;
  }

  const HandshakePace::Clock::time_point start_{1h};
  int refused_ = 0;
  HandshakePace pace_{[this] { ++refused_; }};
};

TEST_F(AHandshakePace, LetsALoneStepBeginAtOnce) {
  EXPECT_EQ(wait(), 0s);
  EXPECT_EQ(wait(1s), 0s);
}

TEST_F(AHandshakePace, LeavesHalfOfTheTimeToOthers) {
  learn(4ms);
  const auto nearly = [](auto time) { return time > 7900us && time <= 8ms; };
  EXPECT_EQ(wait(), 0s);
  EXPECT_TRUE(nearly(wait()));
  EXPECT_TRUE(nearly(wait() / 2));
  learn(100us);
  EXPECT_EQ(wait(1s), 0s);
  EXPECT_LT(wait(1s), 300us);
}

TEST_F(AHandshakePace, RefusesAStepThatWouldWaitTooLong) {
  learn(4ms);
  int allowed = 0;
  while (wait() >= 0s) ASSERT_LT(++allowed, 1'000);
  EXPECT_GE(allowed, 500);
  EXPECT_EQ(refused_, 1);
  EXPECT_GT(wait(10ms), 3s);
}

TEST_F(AHandshakePace, DoesNotBelieveOneStepThatTookSeconds) {
  pace_.took(10s);
  EXPECT_EQ(wait(), 0s);
  EXPECT_LT(wait(), 20ms);
}

}  // namespace
