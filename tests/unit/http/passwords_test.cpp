#include "exporter/http/passwords.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <optional>
#include <thread>

#include "gate.hpp"

namespace {
using namespace ganesha::exporter;
using namespace std::chrono_literals;
using ganesha::test::Gate;
namespace asio = boost::asio;

using Answer = std::shared_ptr<std::optional<Verdict>>;
using List = std::vector<std::string>;

class APasswordCheck : public testing::Test {
 protected:
  ~APasswordCheck() override {
    gate_.open();
    passwords_->stop();
  }

  void set_users(Users users) {
    users_ = std::make_shared<const Users>(std::move(users));
    passwords_->keep(*users_);
  }

  Answer ask(const std::string& user, const std::string& password, const std::string& client = "a") {
    const auto answer = std::make_shared<std::optional<Verdict>>();
    asio::co_spawn(loop_, passwords_->check(users_, Credentials(user, password), client),
                   [answer](const std::exception_ptr& failure, Verdict verdict) {
                     if (failure) std::rethrow_exception(failure);
                     *answer = verdict;
                   });
    loop_.restart();
    loop_.poll();
    return answer;
  }

  template <class Condition>
  bool eventually(Condition holds) {
    const auto end = std::chrono::steady_clock::now() + 60s;
    while (!holds() && std::chrono::steady_clock::now() < end) {
      loop_.restart();
      loop_.poll();
      std::this_thread::yield();
    }
    return holds();
  }

  Verdict verdict(const Answer& answer) {
    if (!eventually([&] { return answer->has_value(); })) throw std::runtime_error("no verdict");
    return **answer;
  }
  bool has_begun(std::size_t comparisons) {
    return eventually([&] { return gate_.begun().size() == comparisons; });
  }
  std::size_t begun() const { return gate_.begun().size(); }

  asio::io_context loop_{1};
  Gate gate_;
  std::shared_ptr<Passwords> passwords_ = std::make_shared<Passwords>(
      loop_.get_executor(),
      [this](const std::string& password, const std::string& hash) { return gate_.match(password, hash); });
  std::shared_ptr<const Users> users_;
};

class ForAnnAndBob : public APasswordCheck {
 protected:
  ForAnnAndBob() { set_users({{"ann", "hash of apple"}, {"bob", "hash of berry"}}); }
};

TEST_F(ForAnnAndBob, AcceptsTheUsersOwnPasswordAlone) {
  gate_.open();
  EXPECT_EQ(verdict(ask("ann", "apple")), Verdict::right);
  EXPECT_EQ(verdict(ask("bob", "berry")), Verdict::right);
  EXPECT_EQ(verdict(ask("ann", "berry")), Verdict::wrong);
  EXPECT_EQ(verdict(ask("ann", "")), Verdict::wrong);
  EXPECT_EQ(verdict(ask("", "apple")), Verdict::wrong);
  EXPECT_EQ(verdict(ask("Ann", "apple")), Verdict::wrong);
}

TEST_F(ForAnnAndBob, RefusesAnUnknownUserWithAnyPassword) {
  gate_.open();
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(verdict(ask("user" + std::to_string(i), "apple")), Verdict::wrong);
    EXPECT_EQ(verdict(ask("user" + std::to_string(i), "berry")), Verdict::wrong);
  }
}

TEST_F(ForAnnAndBob, ComparesOnceForAnUnknownUserAsForAWrongPassword) {
  gate_.open();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(verdict(ask("ann", "wrong")), Verdict::wrong);
    EXPECT_EQ(verdict(ask("eve", "unknown")), Verdict::wrong);
  }
  EXPECT_EQ(gate_.begun(), (List{"wrong", "unknown"}));
}

TEST_F(ForAnnAndBob, KnowsARightPasswordWhileTheQueueIsFull) {
  gate_.allow(1);
  EXPECT_EQ(verdict(ask("ann", "apple")), Verdict::right);
  for (int i = 0; i < 20; ++i) ask("ann", "wrong" + std::to_string(i));
  EXPECT_EQ(**ask("ann", "apple"), Verdict::right);
}

TEST_F(ForAnnAndBob, RemembersTheLast1000WrongOnes) {
  gate_.open();
  for (int i = 0; i <= 1'000; ++i) verdict(ask("ann", std::to_string(i)));
  EXPECT_EQ(begun(), 1'001u);
  EXPECT_EQ(verdict(ask("ann", "1")), Verdict::wrong);
  EXPECT_EQ(begun(), 1'001u);
  EXPECT_EQ(verdict(ask("ann", "0")), Verdict::wrong);
  EXPECT_EQ(begun(), 1'002u);
}

TEST_F(ForAnnAndBob, LetsNoWrongPasswordPushOutARightOne) {
  gate_.open();
  verdict(ask("ann", "apple"));
  for (int i = 0; i <= 1'000; ++i) verdict(ask("ann", std::to_string(i)));
  EXPECT_EQ(**ask("ann", "apple"), Verdict::right);
}

TEST_F(ForAnnAndBob, LetsSixteenWaitAndRefusesMoreAtOnce) {
  std::vector<Answer> answers;
  for (int i = 0; i < 1 + 16; ++i) answers.push_back(ask("ann", std::to_string(i)));
  for (const auto& answer : answers) EXPECT_FALSE(answer->has_value());
  EXPECT_EQ(**ask("ann", "one more"), Verdict::busy);
  EXPECT_EQ(**ask("eve", "one more"), Verdict::busy);
  gate_.open();
  for (const auto& answer : answers) EXPECT_EQ(verdict(answer), Verdict::wrong);
  EXPECT_EQ(verdict(ask("ann", "one more")), Verdict::wrong);
}

TEST_F(ForAnnAndBob, ComparesOneAtATime) {
  ask("ann", "1");
  ask("ann", "2");
  EXPECT_TRUE(has_begun(1));
  EXPECT_FALSE(passwords_->idle());
  gate_.allow(1);
  EXPECT_TRUE(has_begun(2));
  gate_.allow(1);
  EXPECT_TRUE(eventually([&] { return passwords_->idle(); }));
}

TEST_F(ForAnnAndBob, SharesOneComparisonAmongEqualRequests) {
  ask("bob", "first");
  std::vector<Answer> waiting, others;
  for (int i = 0; i < 50; ++i) waiting.push_back(ask("ann", "apple"));
  for (int i = 0; i < 50; ++i) others.push_back(ask("eve", "apple"));
  gate_.open();
  for (const auto& answer : waiting) EXPECT_EQ(verdict(answer), Verdict::right);
  for (const auto& answer : others) EXPECT_EQ(verdict(answer), Verdict::wrong);
  EXPECT_EQ(gate_.begun(), (List{"first", "apple", "apple"}));
}

TEST_F(ForAnnAndBob, SharesWithTheRequestThatIsBeingCompared) {
  const auto first = ask("ann", "apple");
  ASSERT_TRUE(has_begun(1));
  const auto second = ask("ann", "apple");
  gate_.open();
  EXPECT_EQ(verdict(first), Verdict::right);
  EXPECT_EQ(verdict(second), Verdict::right);
  EXPECT_EQ(begun(), 1u);
}

TEST_F(ForAnnAndBob, ServesANewClientBesideOneThatFillsTheQueue) {
  std::vector<Answer> attack;
  for (int i = 0; i < 1'000; ++i) attack.push_back(ask("ann", std::to_string(i), "attacker"));
  const auto scrape = ask("ann", "apple", "prometheus");
  EXPECT_EQ(verdict(attack[16]), Verdict::busy);  // the last one that waited made place
  ASSERT_TRUE(has_begun(1));
  gate_.allow(3);
  EXPECT_EQ(verdict(scrape), Verdict::right);
  EXPECT_LE(begun(), 4u);
}

TEST_F(ForAnnAndBob, RemembersOnceWhatBcryptCannotTellApart) {
  const std::string longest(72, 'x');
  set_users({{"ann", "hash of " + longest}});
  gate_.open();
  EXPECT_EQ(verdict(ask("ann", longest)), Verdict::right);
  for (int i = 0; i < 40; ++i) EXPECT_EQ(verdict(ask("ann", longest + std::to_string(i))), Verdict::right);
  EXPECT_EQ(begun(), 1u);
  EXPECT_EQ(verdict(ask("ann", longest.substr(1))), Verdict::wrong);
}

TEST_F(ForAnnAndBob, KeepsWhatIsKnownOfUsersThatStay) {
  gate_.open();
  verdict(ask("ann", "apple"));
  verdict(ask("bob", "berry"));
  set_users({{"ann", "hash of apple"}, {"bob", "hash of banana"}});
  EXPECT_EQ(**ask("ann", "apple"), Verdict::right);
  EXPECT_EQ(verdict(ask("bob", "berry")), Verdict::wrong);
  EXPECT_EQ(verdict(ask("bob", "banana")), Verdict::right);
}

TEST_F(ForAnnAndBob, ForgetsARightPasswordOfAUserWhoWasAway) {
  gate_.open();
  verdict(ask("ann", "apple"));
  set_users({{"bob", "hash of berry"}});
  EXPECT_EQ(verdict(ask("ann", "apple")), Verdict::wrong);
  set_users({{"ann", "hash of apple"}, {"bob", "hash of berry"}});
  EXPECT_EQ(verdict(ask("ann", "apple")), Verdict::right);
  EXPECT_EQ(begun(), 3u);
}

TEST_F(ForAnnAndBob, KnowsAPasswordThatWasWrongBeforeTheChange) {
  gate_.open();
  EXPECT_EQ(verdict(ask("ann", "avocado")), Verdict::wrong);
  set_users({{"ann", "hash of avocado"}});
  EXPECT_EQ(verdict(ask("ann", "avocado")), Verdict::right);
}

TEST_F(ForAnnAndBob, AnswersARequestByTheUsersOfItsTime) {
  const auto before = ask("ann", "apple");
  ASSERT_TRUE(has_begun(1));
  set_users({{"ann", "hash of avocado"}});
  const auto after = ask("ann", "apple");
  gate_.open();
  EXPECT_EQ(verdict(before), Verdict::right);
  EXPECT_EQ(verdict(after), Verdict::wrong);
  set_users({{"ann", "hash of apple"}});
  EXPECT_EQ(verdict(ask("ann", "apple")), Verdict::right);
  EXPECT_EQ(begun(), 3u);  // the late one was not remembered
}

TEST_F(ForAnnAndBob, TakesAUserWhoBecomesKnownWithTheHashOfAnother) {
  gate_.allow(1);
  EXPECT_EQ(verdict(ask("bob", "berry")), Verdict::right);
  set_users({{"bob", "hash of berry"}});
  const auto before = ask("cid", "berry");
  ASSERT_TRUE(has_begun(2));
  set_users({{"bob", "hash of berry"}, {"cid", "hash of berry"}});
  const auto after = ask("cid", "berry");
  gate_.open();
  EXPECT_EQ(verdict(before), Verdict::wrong);
  EXPECT_EQ(verdict(after), Verdict::right);
}

TEST_F(ForAnnAndBob, StopsWithoutTheChecksThatWait) {
  for (int i = 0; i < 17; ++i) ask("ann", std::to_string(i));
  ASSERT_TRUE(has_begun(1));
  gate_.allow(1);
  passwords_->stop();
  EXPECT_EQ(begun(), 1u);
}

}  // namespace
