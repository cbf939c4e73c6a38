#include "exporter/collect/freshness.hpp"

#include <gtest/gtest.h>

#include "poll_result.hpp"

namespace {

using namespace ganesha::exporter;
using namespace ganesha::test;
using namespace std::chrono_literals;

constexpr auto interval = 5s;

struct TheLastPoll : testing::Test {
  Freshness freshness{interval};
  ServerView server{true, 1, ganesha::dbus::TimePoint(1h)};
  SnapshotPtr whole = poll_result(true);
  SnapshotPtr broken_off = poll_result(false);

  void poll(const SnapshotPtr& found) { freshness.poll_ended(found, server); }
  void go_down() {
    server.up = false;
    freshness.went_down();
  }
};

TEST_F(TheLastPoll, IsNoneAtFirst) {
  EXPECT_EQ(freshness.fresh(server), nullptr);
  EXPECT_EQ(freshness.last_poll(), nullptr);
  EXPECT_TRUE(freshness.needs_poll(server));
}

TEST_F(TheLastPoll, IsShownWhileGaneshaIsUp) {
  poll(whole);
  EXPECT_EQ(freshness.fresh(server), whole);
  server.now += 1h;
  EXPECT_EQ(freshness.fresh(server), whole) << "slow polls follow late";
  EXPECT_FALSE(freshness.needs_poll(server));
}

TEST_F(TheLastPoll, IsHiddenWhileGaneshaIsDown) {
  poll(whole);
  server.up = false;
  EXPECT_EQ(freshness.fresh(server), nullptr);
  EXPECT_EQ(freshness.last_poll(), whole);
}

TEST_F(TheLastPoll, StaysHiddenAfterGaneshaWentDownUntilAnotherHasEnded) {
  poll(whole);
  go_down();
  server.up = true;
  EXPECT_EQ(freshness.fresh(server), nullptr);
  EXPECT_TRUE(freshness.needs_poll(server));
  const auto next = poll_result(true);
  poll(next);
  EXPECT_EQ(freshness.fresh(server), next);
}

TEST_F(TheLastPoll, IsHiddenOnceTheNameHasAnotherOwner) {
  poll(whole);
  ++server.generation;
  EXPECT_EQ(freshness.fresh(server), nullptr);
}

TEST_F(TheLastPoll, IsShownForOneIntervalAtMostWhereItBrokeOff) {
  poll(broken_off);
  server.now += interval;
  EXPECT_EQ(freshness.fresh(server), broken_off);
  EXPECT_TRUE(freshness.needs_poll(server));
  server.now += 1ms;
  EXPECT_EQ(freshness.fresh(server), nullptr);
}

TEST_F(TheLastPoll, IsNeverShownWhereItBrokeOffWhileGaneshaWasDown) {
  go_down();
  poll(broken_off);
  server.up = true;
  EXPECT_EQ(freshness.fresh(server), nullptr) << "the server froze under it";
}

TEST_F(TheLastPoll, IsShownOnceGaneshaIsUpWhereItEndedBeforeTheFirstHeartbeat) {
  server.up = false;
  poll(whole);
  EXPECT_EQ(freshness.fresh(server), nullptr);
  server.up = true;
  EXPECT_EQ(freshness.fresh(server), whole);
}

TEST(APoll, ShowsLifeOnlyWhereItEndedAndGetGraceWasAnswered) {
  Snapshot found;
  for (const bool complete : {false, true})
    for (const bool answered : {false, true}) {
      found.complete = complete;
      found.answered = answered;
      EXPECT_EQ(shows_life(found), complete && answered) << "a server that hangs within a poll is down";
    }
}

TEST(APoll, SucceededWhereACollectorDid) {
  Snapshot found;
  found.complete = true;
  const auto enabled = set_of({CollectorId::server, CollectorId::drc});
  EXPECT_FALSE(poll_succeeded(found, enabled));
  EXPECT_TRUE(poll_succeeded(found, {})) << "none is enabled";
  found.outcomes[index_of(CollectorId::drc)].success = true;
  EXPECT_TRUE(poll_succeeded(found, enabled));
  found.complete = false;
  EXPECT_FALSE(poll_succeeded(found, enabled));
}

}  // namespace
