#include "dbus/suspension.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dbus/methods.hpp"
#include "requests.hpp"

namespace {

using namespace ganesha::dbus;
using ganesha::test::client_details;
using ganesha::test::show_clients;
using ganesha::test::show_exports;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using Answer = Suspension::Answer;
using Rule = Suspension::Rule;

const Request get_version{methods::get_property, version_argument()};

// A server after another, and what is asked of each.
struct ASuspension : testing::Test {
  SuspensionRecord saved;
  std::vector<std::pair<SuspensionStep, std::vector<Method>>> steps;
  Suspension::TimePoint now{};
  Suspension suspension = make({});

  Suspension make(SuspensionRecord record) {
    return {std::move(record), [this](auto step, const auto& methods) { steps.emplace_back(step, methods); },
            [this](const auto& latest) { saved = latest; }};
  }

  void answer_version(const std::string& version = "4.3") {
    ASSERT_EQ(suspension.due_question(now), get_version);
    suspension.note_question();
    suspension.note_answer(Answer::given, version);
  }

  // A server that reports its version.
  void begin(const std::string& version = "4.3") {
    suspension.begin_life(now);
    answer_version(version);
  }

  // What is asked alone now; nothing where calls are free.
  std::optional<Request> question() {
    const auto due = suspension.due_question(now);
    if (due) suspension.note_question();
    return due;
  }

  void die_with(std::vector<Request> open) { suspension.note_death(std::move(open)); }

  // Two deaths of a server that ShowExports ends.
  void single_out_show_exports() {
    begin();
    die_with({show_clients, show_exports});
    begin();
    ASSERT_EQ(question(), show_clients);
    suspension.note_answer(Answer::given, {});
    ASSERT_EQ(question(), show_exports);
    die_with({show_exports});
  }

  // And the third.
  void suspend_show_exports() {
    single_out_show_exports();
    suspension.begin_life(now);
    now += 10s;
    answer_version();
    ASSERT_EQ(question(), show_exports);
    die_with({show_exports});
  }
};

TEST_F(ASuspension, HoldsNothingAtFirst) {
  begin();
  EXPECT_FALSE(suspension.holds());
  EXPECT_EQ(suspension.rule(methods::show_exports), Rule::call);
  EXPECT_EQ(question(), std::nullopt);
}

TEST_F(ASuspension, AsksForTheVersionWithoutHoldingCalls) {
  suspension.begin_life(now);
  EXPECT_FALSE(suspension.holds());
  EXPECT_EQ(question(), get_version);
}

TEST_F(ASuspension, SuspectsEachMethodThatWasOpenOnce) {
  begin();
  die_with({client_details, show_exports, client_details});
  EXPECT_THAT(saved.suspects, ElementsAre(client_details, show_exports));
  EXPECT_EQ(saved.version, "4.3");
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].first, SuspensionStep::suspected);
  EXPECT_THAT(steps[0].second, ElementsAre(methods::get_client_io_ops, methods::show_exports));
}

TEST_F(ASuspension, SuspectsNothingWhenNoCallWasOpen) {
  begin();
  die_with({});
  EXPECT_TRUE(saved.empty());
  EXPECT_THAT(steps, IsEmpty());
}

TEST_F(ASuspension, TakesACleanEndAndALostBusForNoDeath) {
  begin();
  suspension.end_life();
  die_with({show_exports});
  EXPECT_TRUE(saved.empty());
}

TEST_F(ASuspension, AsksSuspectsAloneTheLongestUnansweredFirst) {
  begin();
  die_with({show_clients, show_exports});
  begin();
  EXPECT_EQ(suspension.rule(methods::get_grace), Rule::hold);
  EXPECT_EQ(question(), show_clients);
  EXPECT_EQ(question(), std::nullopt) << "one at a time";
  suspension.note_answer(Answer::given, {});
  EXPECT_EQ(question(), show_exports);
  EXPECT_TRUE(suspension.holds());
  suspension.note_answer(Answer::given, {});
  EXPECT_FALSE(suspension.holds());
  EXPECT_TRUE(saved.empty());
  EXPECT_EQ(steps.back().first, SuspensionStep::cleared);
}

TEST_F(ASuspension, KeepsTheOneThatWasOpenAtTheSecondDeath) {
  single_out_show_exports();
  EXPECT_THAT(saved.suspects, ElementsAre(show_exports));
  EXPECT_TRUE(saved.single);
  EXPECT_EQ(steps.back().first, SuspensionStep::singled_out);
}

TEST_F(ASuspension, CallsNothingForTenSecondsAfterTheSecondDeath) {
  single_out_show_exports();
  suspension.begin_life(now);
  now += 9999ms;
  EXPECT_EQ(question(), std::nullopt);
  EXPECT_EQ(suspension.rule(methods::get_grace), Rule::hold);
  EXPECT_EQ(suspension.quiet_until(), now + 1ms);
  now += 1ms;
  answer_version();
  EXPECT_EQ(question(), show_exports);
}

TEST_F(ASuspension, ClearsAllWhenTheServerDiesInTheQuietTime) {
  single_out_show_exports();
  suspension.begin_life(now);
  die_with({});
  EXPECT_TRUE(saved.empty());
  EXPECT_EQ(steps.back().first, SuspensionStep::cleared);
  begin();
  EXPECT_FALSE(suspension.holds());
}

TEST_F(ASuspension, ClearsTheSingleSuspectWhenItAnswers) {
  single_out_show_exports();
  suspension.begin_life(now);
  now += 10s;
  answer_version();
  ASSERT_EQ(question(), show_exports);
  suspension.note_answer(Answer::given, {});
  EXPECT_TRUE(saved.empty());
  EXPECT_FALSE(saved.single);
  EXPECT_EQ(suspension.rule(methods::show_exports), Rule::call);
}

TEST_F(ASuspension, SuspendsAfterTheThirdDeathAndOnlyThat) {
  suspend_show_exports();
  EXPECT_THAT(saved.suspended, ElementsAre(methods::show_exports));
  EXPECT_THAT(saved.suspects, IsEmpty());
  EXPECT_EQ(steps.back().first, SuspensionStep::suspended);
  begin();
  EXPECT_FALSE(suspension.holds());
  EXPECT_EQ(suspension.rule(methods::show_exports), Rule::refuse);
  EXPECT_EQ(suspension.rule(methods::show_clients), Rule::call);
}

TEST_F(ASuspension, OutlivesTheExporter) {
  suspend_show_exports();
  suspension = make(saved);
  begin();
  EXPECT_EQ(suspension.rule(methods::show_exports), Rule::refuse);
  EXPECT_THAT(suspension.suspended(), ElementsAre(methods::show_exports));
}

TEST_F(ASuspension, EndsWithAnotherVersionOfTheServer) {
  suspend_show_exports();
  suspension.begin_life(now);
  EXPECT_TRUE(suspension.holds()) << "until the version is known";
  answer_version("4.4");
  EXPECT_EQ(suspension.rule(methods::show_exports), Rule::call);
  EXPECT_TRUE(saved.empty());
  EXPECT_EQ(steps.back().first, SuspensionStep::new_version);
}

TEST_F(ASuspension, GoesOnWhereTheVersionIsUnknown) {
  suspend_show_exports();
  suspension.begin_life(now);
  ASSERT_EQ(question(), get_version);
  suspension.note_answer(Answer::refused, {});
  EXPECT_FALSE(suspension.holds());
  EXPECT_EQ(suspension.rule(methods::show_exports), Rule::refuse);
}

TEST_F(ASuspension, CanBeLifted) {
  suspend_show_exports();
  begin();
  suspension.lift();
  EXPECT_EQ(suspension.rule(methods::show_exports), Rule::call);
  EXPECT_TRUE(saved.empty());
}

// After a restart nobody may be there for whom the method was called.
TEST_F(ASuspension, CallsAMethodAloneUntilItAnswersForSomebody) {
  begin();
  die_with({client_details, show_clients});
  begin();
  ASSERT_EQ(question(), client_details);
  suspension.note_answer(Answer::refused, {});
  ASSERT_EQ(question(), show_clients);
  suspension.note_answer(Answer::given, {});
  EXPECT_FALSE(suspension.holds());
  EXPECT_EQ(suspension.rule(methods::get_client_io_ops), Rule::alone);
  EXPECT_EQ(suspension.rule(methods::show_clients), Rule::call);
  suspension.note_answer_alone(methods::get_client_io_ops, Answer::refused);
  EXPECT_EQ(suspension.rule(methods::get_client_io_ops), Rule::alone);
  suspension.note_answer_alone(methods::get_client_io_ops, Answer::given);
  EXPECT_EQ(suspension.rule(methods::get_client_io_ops), Rule::call);
  EXPECT_TRUE(saved.empty());
}

TEST_F(ASuspension, NeedsThreeDeathsToo_WhenTheMethodIsCalledForSomebody) {
  const Request for_another{methods::get_client_io_ops, "10.0.0.2"};
  begin();
  die_with({client_details});
  begin();
  ASSERT_EQ(question(), client_details);
  suspension.note_answer(Answer::refused, {});
  die_with({for_another});
  EXPECT_THAT(saved.suspects, ElementsAre(for_another));
  EXPECT_TRUE(saved.single);
  suspension.begin_life(now);
  now += 10s;
  answer_version();
  ASSERT_EQ(question(), for_another);
  suspension.note_answer(Answer::refused, {});
  EXPECT_EQ(suspension.rule(methods::get_client_io_ops), Rule::alone);
  die_with({for_another});
  EXPECT_THAT(saved.suspended, ElementsAre(methods::get_client_io_ops));
}

TEST_F(ASuspension, DoesNotWaitForASuspectWhoseReplyIsLost) {
  begin();
  die_with({show_exports});
  begin();
  ASSERT_EQ(question(), show_exports);
  suspension.note_answer(Answer::missing, {});
  EXPECT_FALSE(suspension.holds());
  EXPECT_EQ(suspension.rule(methods::show_exports), Rule::alone);
}

TEST_F(ASuspension, SuspectsTheQuestionForTheVersionToo) {
  for (const bool third : {false, false, true}) {
    suspension.begin_life(now);
    now += 10s;
    ASSERT_EQ(question(), get_version);
    die_with({get_version});
    EXPECT_EQ(!saved.suspended.empty(), third);
  }
  suspension.begin_life(now);
  EXPECT_EQ(question(), std::nullopt) << "the version is not asked for";
  EXPECT_FALSE(suspension.holds());
}

TEST_F(ASuspension, SuspectsNothingWhenServersCrashAtTheirStart) {
  for (int i = 0; i < 20; ++i) {
    suspension.begin_life(now);
    now += 50ms;
    std::vector<Request> open;
    while (const auto due = question()) open.push_back(*due);
    if (!suspension.holds()) open.push_back(show_exports);
    die_with(open);
  }
  EXPECT_THAT(saved.suspended, IsEmpty());
}

}  // namespace
