#include "exporter/collect/liveness.hpp"

#include <gtest/gtest.h>

namespace {

using ganesha::dbus::TimePoint;
using ganesha::exporter::Liveness;
using namespace std::chrono_literals;

constexpr bool owned = true;
constexpr TimePoint start{1h};

TEST(Ganesha, IsDownBeforeItsFirstHeartbeat) { EXPECT_FALSE(Liveness(10s).up(owned, 1, start)); }

TEST(Ganesha, IsUpWhileItsHeartbeatIsYoungerThanTheTimeout) {
  Liveness liveness(10s);
  liveness.note_heartbeat(1, start);
  EXPECT_TRUE(liveness.up(owned, 1, start + 9999ms));
  EXPECT_FALSE(liveness.up(owned, 1, start + 10s));
  liveness.note_heartbeat(1, start + 11s);
  EXPECT_TRUE(liveness.up(owned, 1, start + 12s));
}

TEST(Ganesha, IsDownAtOnceWhenItsNameIsLost) {
  Liveness liveness(10s);
  liveness.note_heartbeat(1, start);
  EXPECT_FALSE(liveness.up(!owned, 1, start));
}

TEST(Ganesha, IsNotUpByTheHeartbeatOfAFormerOwner) {
  Liveness liveness(10s);
  liveness.note_heartbeat(1, start);
  EXPECT_FALSE(liveness.up(owned, 2, start));
}

TEST(Ganesha, IsNotUpByAnswersWhereHeartbeatsAreExpected) {
  Liveness liveness(10s);
  liveness.note_answer(true, 1, start);
  EXPECT_FALSE(liveness.up(owned, 1, start));
}

TEST(AGaneshaWithoutHeartbeat, IsUpFromOneAnsweredPollToTheNext) {
  Liveness liveness(0s);
  EXPECT_FALSE(liveness.up(owned, 1, start));
  liveness.note_answer(true, 1, start);
  EXPECT_TRUE(liveness.up(owned, 1, start + 24h)) << "its age does not count";
}

TEST(AGaneshaWithoutHeartbeat, IsDownAfterAPollWithoutAnswer) {
  Liveness liveness(0s);
  liveness.note_answer(true, 1, start);
  liveness.note_answer(false, 1, start + 5s);
  EXPECT_FALSE(liveness.up(owned, 1, start + 5s));
}

TEST(AGaneshaWithoutHeartbeat, IsDownWhenItsNameIsLostOrTakenByAnother) {
  Liveness liveness(0s);
  liveness.note_answer(true, 1, start);
  EXPECT_FALSE(liveness.up(!owned, 1, start));
  EXPECT_FALSE(liveness.up(owned, 2, start));
}

TEST(AGaneshaWithoutHeartbeat, IsNotUpByAHeartbeat) {
  Liveness liveness(0s);
  liveness.note_heartbeat(1, start);
  EXPECT_FALSE(liveness.up(owned, 1, start));
}

}  // namespace
