#include "dbus/call_scheduler.hpp"

#include <numeric>

#include "scheduler_driver.hpp"

namespace {

using namespace ganesha::dbus;
using namespace ganesha::test;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

using ACallScheduler = SchedulerDriver;

std::vector<std::size_t> first(std::size_t count) {
  std::vector<std::size_t> indices(count);
  std::iota(indices.begin(), indices.end(), 0U);
  return indices;
}

// ---- the window ----

TEST_F(ACallScheduler, NeverHasMoreCallsInFlightThanTheWindow) {
  const auto one = call(show_clients, 100);
  const auto two = call(show_exports, 100);
  while (!sent.empty()) reply(sent[last_id % sent.size()].id);
  EXPECT_EQ(most_in_flight, window);
  EXPECT_TRUE(one->has_ended() && two->has_ended());
  for (const auto* caller : {one.get(), two.get()}) {
    EXPECT_THAT(caller->indices, testing::UnorderedElementsAreArray(first(100)));
    EXPECT_THAT(caller->outcomes, Each("ok"));
  }
}

TEST_F(ACallScheduler, SendsTheCallsOfABatchInTheirOrder) {
  const auto caller = call(show_clients, 20);
  while (!sent.empty()) reply_to_first();
  EXPECT_EQ(caller->indices, first(20));
}

TEST_F(ACallScheduler, GivesAFreedPlaceToTheBatchThatFoundNone) {
  const auto greedy = call(show_clients, 100);
  const auto single = call(show_exports);
  ASSERT_EQ(sent.size(), window);
  reply_to_first();
  EXPECT_EQ(sent.back().request, show_exports);
  while (!single->has_ended()) reply_to_first();
  EXPECT_THAT(single->outcomes, ElementsAre("ok"));
  EXPECT_LT(greedy->outcomes.size(), 2 * window) << "the single call had to wait for those of others";
}

TEST_F(ACallScheduler, SharesTheWindowBetweenTwoLargeBatches) {
  const auto one = call(show_clients, 100);
  const auto two = call(show_exports, 100);
  for (int i = 0; i < 100; ++i) reply_to_first();
  EXPECT_GE(one->outcomes.size(), 20U);
  EXPECT_GE(two->outcomes.size(), 20U);
}

TEST_F(ACallScheduler, EndsACallThatFoundNoPlaceWithinTheTimeout) {
  const auto hung = call(show_clients, window);
  pass(timeout, {hung.get()});
  ASSERT_THAT(hung->outcomes, Each("timed_out"));
  const auto late = call(show_exports, 2);
  EXPECT_EQ(late->deadline, now + timeout);
  pass(timeout - 1ms, {late.get()});
  EXPECT_THAT(late->outcomes, IsEmpty());
  pass(1ms, {late.get()});
  EXPECT_THAT(late->outcomes, ElementsAre("timed_out"));
  pass(timeout, {late.get()});
  EXPECT_THAT(late->outcomes, ElementsAre("timed_out", "timed_out"));
  EXPECT_TRUE(late->has_ended());
  EXPECT_EQ(sent.size(), window) << "it was never sent";
}

TEST_F(ACallScheduler, CountsTheWaitForAPlaceAsPartOfTheTimeout) {
  const auto greedy = call(show_clients, window);
  const auto late = call(show_exports);
  const auto deadline = now + timeout;
  pass(6s, {});
  reply_to_first();
  ASSERT_EQ(sent.back().request, show_exports);
  EXPECT_EQ(late->deadline, deadline);
  pass(4s, {late.get()});
  EXPECT_THAT(late->outcomes, ElementsAre("timed_out"));
}

TEST_F(ACallScheduler, MakesNoFurtherCallOnceABatchIsStopped) {
  const auto caller = call(show_clients, 100);
  caller->batch.stop();
  while (!sent.empty()) reply_to_first();
  EXPECT_TRUE(caller->has_ended());
  EXPECT_EQ(caller->outcomes.size(), window);
}

TEST_F(ACallScheduler, KeepsThePlacesOfABatchThatIsDestroyed) {
  call(show_clients, 100).reset();
  EXPECT_EQ(scheduler.unanswered(), window);
  EXPECT_TRUE(scheduler.window_is_full());
  for (std::size_t left = window; left > 0; --left) EXPECT_EQ(reply_to_first(), left == 1);
  EXPECT_EQ(scheduler.unanswered(), 0U);
}

TEST_F(ACallScheduler, EndsACallThatCannotBeSent) {
  CallBatch batch(1, [] {});
  scheduler.add(batch);
  const auto planned = scheduler.plan(batch, show_clients, now);
  ASSERT_TRUE(planned);
  scheduler.note_not_sent(*planned, {errc::failed, "Message too long"});
  const auto& outcomes = batch.take_outcomes();
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_EQ(outcomes.front().value.error().code, errc::failed);
  EXPECT_EQ(scheduler.next_deadline(batch, now), std::nullopt);
  scheduler.remove(batch);
}

// ---- timeouts, late replies, and replies that never come ----

TEST_F(ACallScheduler, TimesEachCallOutFromWhenItWasSent) {
  const auto caller = call(show_clients, window + 1);
  EXPECT_EQ(caller->deadline, now + timeout);
  pass(3s, {});
  reply_to_first();
  pass(7s, {caller.get()});
  EXPECT_THAT(caller->outcomes, ElementsAre("ok", "timed_out", "timed_out", "timed_out"));
  EXPECT_EQ(caller->deadline, now + 3s) << "the call that was sent later";
}

TEST_F(ACallScheduler, IgnoresALateReplyButFreesItsPlace) {
  const auto caller = call(show_clients, window);
  const auto late = sent.front().id;
  pass(timeout, {caller.get()});
  ASSERT_TRUE(caller->has_ended());
  EXPECT_TRUE(scheduler.window_is_full());
  reply(late);
  EXPECT_EQ(caller->outcomes.size(), window) << "one outcome for each call";
  EXPECT_FALSE(scheduler.window_is_full());
  EXPECT_EQ(scheduler.unanswered(), window - 1);
}

TEST_F(ACallScheduler, ReportsWhenTheLastLateReplyHasCome) {
  const auto caller = call(show_clients, 2);
  pass(timeout, {caller.get()});
  EXPECT_FALSE(reply_to_first());
  EXPECT_TRUE(reply_to_first());
}

TEST_F(ACallScheduler, IgnoresRepliesToCallsThatItDoesNotKnow) {
  const auto caller = call(show_clients);
  EXPECT_FALSE(reply(4711));
  EXPECT_THAT(caller->outcomes, IsEmpty());
}

TEST_F(ACallScheduler, GoesOnInThePlacesThatRepliesThatNeverComeLeaveFree) {
  const auto hung = call(show_clients, 2);
  pass(timeout, {hung.get()});
  EXPECT_FALSE(scheduler.abandon_unanswered());
  EXPECT_EQ(scheduler.unanswered(), 0U);
  sent.clear();
  const auto caller = call(show_exports, 10);
  EXPECT_EQ(sent.size(), window - 2);
  while (!sent.empty()) reply_to_first();
  EXPECT_THAT(caller->outcomes, Each("ok"));
  EXPECT_EQ(caller->outcomes.size(), 10U);
}

TEST_F(ACallScheduler, HasItsWholeWindowAfterANewConnection) {
  const auto hung = call(show_clients, 3);
  pass(timeout, {hung.get()});
  ASSERT_TRUE(scheduler.abandon_unanswered()) << "more than half of the window is lost";
  scheduler.note_connection_lost();
  scheduler.note_disconnected({errc::not_connected, {}});
  sent.clear();
  connect();
  const auto caller = call(show_exports, 10);
  EXPECT_EQ(sent.size(), window);
}

TEST_F(ACallScheduler, ExpectsALateReplyForThirtyTimesTheTimeout) {
  EXPECT_EQ(scheduler.reply_patience(), 300s);
}

// ---- the connection and the owner ----

TEST_F(ACallScheduler, EndsEachCallAtOnceWithoutAConnection) {
  scheduler.note_disconnected({errc::not_connected, {}});
  const auto caller = call(show_clients, 3);
  EXPECT_THAT(caller->outcomes, ElementsAre("not_connected", "not_connected", "not_connected"));
  EXPECT_TRUE(caller->has_ended());
}

TEST_F(ACallScheduler, EndsEachCallAtOnceWithoutAServer) {
  lose_owner();
  const auto caller = call(show_clients, 2);
  EXPECT_THAT(caller->outcomes, ElementsAre("not_running", "not_running"));
}

TEST_F(ACallScheduler, SendsNothingOverALostConnectionAndEndsOpenCallsWhenItIsClosed) {
  const auto before = call(show_clients, 2);
  scheduler.note_connection_lost();
  EXPECT_THAT(call(show_exports)->outcomes, ElementsAre("not_connected"));
  EXPECT_THAT(before->outcomes, IsEmpty());
  scheduler.note_disconnected({errc::not_connected, "Connection reset by peer"});
  run_woken();
  EXPECT_THAT(before->outcomes, ElementsAre("not_connected", "not_connected"));
}

TEST_F(ACallScheduler, EndsOpenCallsWhenTheOwnerGoes) {
  const auto caller = call(show_clients, 2);
  lose_owner();
  EXPECT_THAT(caller->outcomes, ElementsAre("not_running", "not_running"));
  EXPECT_EQ(scheduler.unanswered(), 0U);
}

TEST_F(ACallScheduler, EndsTheCallsToAnEarlierOwnerAndSendsTheRestToTheNewOne) {
  const auto caller = call(show_clients, window + 2);
  scheduler.note_new_owner(now);
  sent.clear();
  ASSERT_TRUE(ask());
  reply(sent.back().id, version_reply());
  ASSERT_TRUE(ask()) << "the method that was open is asked for alone";
  reply_to_first();
  run_woken();
  EXPECT_EQ(caller->outcomes, std::vector<std::string>(window, "not_running"));
  EXPECT_EQ(sent.size(), 2U);
}

TEST_F(ACallScheduler, EndsACallThatTimedOutNoSecondTime) {
  const auto caller = call(show_clients);
  pass(timeout, {caller.get()});
  lose_owner();
  EXPECT_THAT(caller->outcomes, ElementsAre("timed_out"));
}

}  // namespace
