// The suspension together with the window: questions, calls made alone, held calls, and how servers ended.
#include "scheduler_driver.hpp"

namespace {

using namespace ganesha::dbus;
using namespace ganesha::test;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

using ASchedulerWithSuspects = SchedulerDriver;

const Error refused{errc::failed, "no such client"};

TEST_F(ASchedulerWithSuspects, HoldsCallsUntilTheQuestionIsAnswered) {
  suspect({show_exports});
  const auto caller = call(show_clients, 2);
  EXPECT_THAT(sent, IsEmpty());
  EXPECT_EQ(caller->deadline, TimePoint::max()) << "held calls do not time out";
  ASSERT_EQ(ask(), show_exports);
  EXPECT_TRUE(reply(sent.front().id));
  EXPECT_EQ(sent.size(), 2U);
  while (!sent.empty()) reply_to_first();
  EXPECT_THAT(caller->outcomes, ElementsAre("ok", "ok"));
}

TEST_F(ASchedulerWithSuspects, AsksOneQuestionAtATimeAndHoldsCallsUntilTheLastAnswer) {
  suspect({show_exports, show_clients});
  const auto caller = call(client_details);
  ASSERT_EQ(ask(), show_exports);
  EXPECT_EQ(ask(), std::nullopt);
  EXPECT_TRUE(reply(sent.front().id)) << "the next question is due";
  EXPECT_THAT(sent, IsEmpty());
  ASSERT_EQ(ask(), show_clients);
  reply(sent.front().id);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent.front().request, client_details);
}

TEST_F(ASchedulerWithSuspects, CountsAQuestionAsUnansweredAndInTheWindow) {
  scheduler.note_new_owner(now);
  ASSERT_TRUE(ask()) << "the version, for which calls do not wait";
  EXPECT_EQ(scheduler.unanswered(), 1U);
  const auto caller = call(show_clients, 10);
  EXPECT_EQ(sent.size(), window);
}

TEST_F(ASchedulerWithSuspects, GivesAQuestionUpThatIsNeverAnswered) {
  suspect({show_exports});
  const auto caller = call(show_clients);
  ASSERT_EQ(ask(), show_exports);
  const auto deadline = now + scheduler.reply_patience();
  EXPECT_EQ(scheduler.question_due_at(), deadline);
  EXPECT_FALSE(scheduler.expire_question(deadline - 1ms));
  EXPECT_TRUE(scheduler.expire_question(deadline));
  run_woken();
  EXPECT_EQ(sent.back().request, show_clients) << "calls are no longer held";
  EXPECT_EQ(scheduler.question_due_at(), TimePoint::max());
}

TEST_F(ASchedulerWithSuspects, AsksAgainInTheNextLifeWhenTheServerEndsBeforeItAnswers) {
  suspect({show_exports});
  ASSERT_EQ(ask(), show_exports);
  lose_owner();
  EXPECT_EQ(scheduler.due_question(now), std::nullopt) << "there is no server to ask";
  EXPECT_EQ(scheduler.question_due_at(), TimePoint::max());
  EXPECT_TRUE(saved.single);
  scheduler.note_new_owner(now);
  EXPECT_EQ(scheduler.question_due_at(), now + 10s) << "after a quiet time";
}

struct ASchedulerWithAMethodToCallAlone : SchedulerDriver {
  // The suspect refused the question's argument, so that it is called alone until it answers.
  void SetUp() override {
    suspect({client_details});
    ASSERT_EQ(ask(), client_details);
    reply(sent.front().id, refused);
    ASSERT_FALSE(scheduler.suspension().holds());
  }
};

TEST_F(ASchedulerWithAMethodToCallAlone, CallsItOnceNobodyWaitsForAnother) {
  const auto others = call(show_clients, 2);
  const auto alone = call(client_details);
  EXPECT_EQ(sent.size(), 2U);
  EXPECT_TRUE(alone->batch.held());
  reply_to_first();
  EXPECT_EQ(sent.size(), 1U);
  reply_to_first();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent.front().request, client_details);
}

TEST_F(ASchedulerWithAMethodToCallAlone, HoldsAllOtherCallsMeanwhile) {
  const auto alone = call(client_details);
  const auto others = call(show_clients, 2);
  EXPECT_EQ(sent.size(), 1U);
  reply(sent.front().id, refused);
  EXPECT_THAT(alone->outcomes, ElementsAre("failed"));
  EXPECT_EQ(sent.size(), 2U);
}

TEST_F(ASchedulerWithAMethodToCallAlone, CallsItAsAnyOtherOnceItAnswered) {
  const auto alone = call(client_details);
  reply_to_first();
  EXPECT_TRUE(saved.empty());
  const auto many = call(client_details, 10);
  EXPECT_EQ(sent.size(), window);
}

TEST_F(ASchedulerWithAMethodToCallAlone, HoldsNothingAfterItTimedOut) {
  const auto alone = call(client_details);
  const auto others = call(show_clients, 2);
  pass(timeout, {alone.get()});
  EXPECT_THAT(alone->outcomes, ElementsAre("timed_out"));
  EXPECT_EQ(sent.size(), 3U) << "the one that timed out is still unanswered";
}

TEST_F(ASchedulerWithAMethodToCallAlone, WaitsNotForCallsThatTimedOut) {
  const auto others = call(show_clients);
  const auto alone = call(client_details);
  pass(timeout, {others.get()});
  EXPECT_EQ(sent.back().request, client_details);
}

TEST_F(ASchedulerWithAMethodToCallAlone, WaitsNotForABatchThatIsDestroyed) {
  auto others = call(show_clients);
  const auto alone = call(client_details);
  others.reset();
  run_woken();
  EXPECT_EQ(sent.back().request, client_details);
}

TEST_F(ASchedulerWithAMethodToCallAlone, HoldsNothingAfterTheServerEnded) {
  const auto alone = call(client_details);
  const auto others = call(show_clients);
  lose_owner();
  EXPECT_THAT(alone->outcomes, ElementsAre("not_running"));
  EXPECT_THAT(others->outcomes, ElementsAre("not_running"));
}

// ---- deaths ----

using AScheduler = SchedulerDriver;

TEST_F(AScheduler, SuspectsTheCallsThatWereOpenWhenTheNameWent) {
  const auto one = call(show_clients), two = call(show_exports);
  lose_owner();
  EXPECT_THAT(saved.suspects, ElementsAre(show_clients, show_exports));
}

TEST_F(AScheduler, SuspectsCallsThatTimedOutToo) {
  const auto caller = call(show_clients);
  pass(timeout, {caller.get()});
  lose_owner();
  EXPECT_THAT(saved.suspects, ElementsAre(show_clients));
}

TEST_F(AScheduler, TakesALostConnectionForNoDeath) {
  const auto caller = call(show_clients);
  scheduler.note_connection_lost();
  scheduler.note_disconnected({errc::not_connected, {}});
  scheduler.note_owner_gone();
  run_woken();
  EXPECT_THAT(saved.suspects, IsEmpty());
  EXPECT_THAT(caller->outcomes, ElementsAre("not_connected"));
}

TEST_F(AScheduler, RefusesASuspendedMethodAndCallsTheOthers) {
  scheduler = CallScheduler({window, timeout}, suspension({"4.3", {}, false, {methods::show_exports}}));
  sent.clear();
  connect();
  EXPECT_THAT(call(show_exports, 2)->outcomes, ElementsAre("suspended", "suspended"));
  const auto other = call(show_clients);
  reply_to_first();
  EXPECT_THAT(other->outcomes, ElementsAre("ok"));
}

TEST_F(AScheduler, CallsASuspendedMethodAgainOnceItsSuspensionIsLifted) {
  scheduler = CallScheduler({window, timeout}, suspension({"4.3", {}, false, {methods::show_exports}}));
  sent.clear();
  connect();
  scheduler.lift_suspensions();
  const auto caller = call(show_exports);
  EXPECT_EQ(sent.size(), 1U);
}

TEST_F(AScheduler, ReleasesHeldCallsWhenSuspensionsAreLifted) {
  suspect({show_exports});
  const auto caller = call(show_clients);
  ASSERT_THAT(sent, IsEmpty());
  scheduler.lift_suspensions();
  run_woken();
  EXPECT_EQ(sent.size(), 1U);
}

struct ASchedulerWithExitReports : SchedulerDriver {
  void SetUp() override { suspect({}, ExitReports::come); }
};

TEST_F(ASchedulerWithExitReports, SuspectsNothingBeforeTheReport) {
  const auto caller = call(show_clients);
  lose_owner();
  EXPECT_THAT(saved.suspects, IsEmpty());
  scheduler.note_server_exit(ServerExit::crashed);
  EXPECT_THAT(saved.suspects, ElementsAre(show_clients)) << "what was open when the name went";
}

TEST_F(ASchedulerWithExitReports, TakesAReportThatComesBeforeTheNameGoes) {
  const auto caller = call(show_clients);
  scheduler.note_server_exit(ServerExit::crashed);
  EXPECT_THAT(saved.suspects, ElementsAre(show_clients));
  lose_owner();
  EXPECT_THAT(saved.suspects, ElementsAre(show_clients)) << "one death";
}

TEST_F(ASchedulerWithExitReports, TakesTheEndOfTheServerForNoAnswerToItsQuestion) {
  suspect({show_exports}, ExitReports::come);
  ASSERT_EQ(ask(), show_exports);
  lose_owner();
  scheduler.note_server_exit(ServerExit::crashed);
  EXPECT_THAT(saved.suspects, ElementsAre(show_exports));
  EXPECT_TRUE(saved.single);
}

TEST_F(ASchedulerWithExitReports, SuspectsNothingAfterACleanExit) {
  const auto caller = call(show_clients);
  lose_owner();
  scheduler.note_server_exit(ServerExit::clean);
  EXPECT_THAT(saved.suspects, IsEmpty());
}

TEST_F(ASchedulerWithExitReports, ForgetsAnExitThatIsNeverReported) {
  const auto caller = call(show_clients);
  lose_owner();
  connect();
  scheduler.note_server_exit(ServerExit::crashed);
  EXPECT_THAT(saved.suspects, IsEmpty()) << "no call to the new server was open";
}

TEST_F(ASchedulerWithExitReports, ForgetsWhatWasOpenWhenTheConnectionIsLost) {
  const auto caller = call(show_clients);
  lose_owner();
  scheduler.note_disconnected({errc::not_connected, {}});
  scheduler.note_server_exit(ServerExit::crashed);
  EXPECT_THAT(saved.suspects, IsEmpty());
}

}  // namespace
