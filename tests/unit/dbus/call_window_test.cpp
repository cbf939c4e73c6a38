#include "dbus/call_window.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dbus/call_batch.hpp"
#include "dbus/methods.hpp"
#include "requests.hpp"

namespace {

using namespace ganesha::dbus;
using ganesha::test::show_clients;
using ganesha::test::show_exports;
using namespace std::chrono_literals;
using testing::ElementsAre;

struct ACallWindow : testing::Test {
  static constexpr TimePoint start{};
  CallBatch mine{10, [] {}}, other{10, [] {}};
  CallWindow window{4};

  void send(std::uint64_t id, CallBatch* batch, Duration timeout = 10s, Request request = show_exports) {
    window.add({id, batch, static_cast<std::size_t>(id), start, start + timeout, std::move(request)});
  }
};

TEST_F(ACallWindow, IsFullWithAsManyCallsAsItsSize) {
  for (std::uint64_t id : {1, 2, 3}) send(id, &mine);
  EXPECT_FALSE(window.is_full());
  send(4, &mine);
  EXPECT_TRUE(window.is_full());
  EXPECT_EQ(window.unanswered(), 4U);
}

TEST_F(ACallWindow, FreesOnePlaceWithEachReply) {
  for (std::uint64_t id : {1, 2, 3, 4}) send(id, &mine);
  EXPECT_EQ(window.take(3)->index, 3U);
  EXPECT_FALSE(window.is_full());
  EXPECT_FALSE(window.take(3)) << "it is answered once";
  EXPECT_EQ(window.unanswered(), 3U);
}

TEST_F(ACallWindow, TakesOutTheLatestCallFirstWhenAllEnd) {
  send(1, &mine);
  send(2, &other);
  EXPECT_EQ(window.take_last()->id, 2U);
  EXPECT_EQ(window.take_last()->id, 1U);
  EXPECT_FALSE(window.take_last());
}

TEST_F(ACallWindow, ExpiresTheCallsOfOneBatchInTheOrderOfSending) {
  send(1, &other, 1s);
  send(2, &mine, 2s);
  send(3, &mine, 3s);
  EXPECT_EQ(window.deadline_of(mine), start + 2s);
  EXPECT_FALSE(window.expire(mine, start + 1999ms));
  EXPECT_EQ(window.expire(mine, start + 3s)->id, 2U);
  EXPECT_EQ(window.expire(mine, start + 3s)->id, 3U);
  EXPECT_FALSE(window.expire(mine, start + 3s));
  EXPECT_EQ(window.deadline_of(mine), std::nullopt);
}

TEST_F(ACallWindow, KeepsThePlaceOfACallThatTimedOut) {
  for (std::uint64_t id : {1, 2, 3, 4}) send(id, &mine, 1s);
  ASSERT_TRUE(window.expire(mine, start + 1s));
  EXPECT_TRUE(window.is_full());
  const auto late = window.take(1);
  ASSERT_TRUE(late);
  EXPECT_EQ(late->batch, nullptr) << "nobody waits for it";
  EXPECT_FALSE(window.is_full());
}

TEST_F(ACallWindow, KeepsThePlacesOfABatchThatIsGone) {
  send(1, &mine);
  send(2, &other);
  window.detach(mine);
  EXPECT_EQ(window.unanswered(), 2U);
  EXPECT_EQ(window.take(1)->batch, nullptr);
  EXPECT_EQ(window.take(2)->batch, &other);
}

TEST_F(ACallWindow, IsAwaitedWhileABatchWaitsForACall) {
  EXPECT_FALSE(window.is_awaited());
  send(1, nullptr);
  EXPECT_FALSE(window.is_awaited());
  send(2, &mine);
  EXPECT_TRUE(window.is_awaited());
}

TEST_F(ACallWindow, AbandonsOnlyCallsThatNobodyWaitsFor) {
  send(1, nullptr);
  send(2, &mine);
  EXPECT_FALSE(window.abandon_unanswered());
  EXPECT_EQ(window.unanswered(), 1U);
}

TEST_F(ACallWindow, NeedsANewConnectionWhenAbandonedCallsFillMoreThanHalfOfIt) {
  send(1, nullptr);
  send(2, nullptr);
  EXPECT_FALSE(window.abandon_unanswered());
  send(3, nullptr);
  EXPECT_TRUE(window.abandon_unanswered());
  EXPECT_EQ(window.unanswered(), 0U);
  send(4, &mine);
  EXPECT_TRUE(window.is_full()) << "abandoned calls keep their places";
}

TEST_F(ACallWindow, FreesThePlaceOfAnAbandonedCallThatIsAnsweredAfterAll) {
  send(1, nullptr);
  send(2, nullptr);
  window.abandon_unanswered();
  send(3, &mine);
  ASSERT_TRUE(window.take(1));
  EXPECT_EQ(window.unanswered(), 1U);
  ASSERT_TRUE(window.take(3));
  EXPECT_EQ(window.unanswered(), 0U);
}

TEST_F(ACallWindow, ListsRequestsInTheOrderOfSending) {
  send(1, &mine, 1s, show_clients);
  send(2, nullptr, 1s, show_exports);
  EXPECT_THAT(window.requests(), ElementsAre(show_clients, show_exports));
}

}  // namespace
