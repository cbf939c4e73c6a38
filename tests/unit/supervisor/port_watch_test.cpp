#include "exporter/supervisor/port_watch.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "fake_clock.hpp"

namespace {

using namespace ganesha;
using namespace ganesha::exporter;
using namespace std::chrono_literals;
using Answer = NfsPort::Answer;
namespace asio = boost::asio;

struct APortWatch : testing::Test {
  SupervisorStatus status;
  bool up = true;
  Answer answer = Answer::none;
  dbus::Duration takes = 0s;
  int calls = 0;
  test::FakeClock clock;
  PortWatch watch{clock, status, {[this] { return up; }, [this] { return ask(); }}};

  void SetUp() override {
    status.start_timeout = 60s;
    status.gone_since = clock.now();
    status.pid = 4711;
    asio::co_spawn(clock.loop(), watch.run(), asio::detached);
  }

  asio::awaitable<Answer> ask() {
    ++calls;
    const auto timer = clock.timer();
    co_await timer->wait_until(clock.now() + takes);
    co_return answer;
  }

  std::string lost() const { return why_lost(status, up, clock.now()); }
};

TEST_F(APortWatch, DoesNotProbeAServerThatIsUp) {
  clock.advance(1h);
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(lost(), "");
}

TEST_F(APortWatch, CallsAServerLostOnceItIsSilentForTheStartTimeout) {
  up = false;
  takes = 2s;
  clock.advance(60s);
  EXPECT_EQ(lost(), "");
  clock.advance(2s);
  EXPECT_NE(lost().find("its NFS port has not answered"), std::string::npos);
}

TEST_F(APortWatch, NeverCallsAServerLostThatAnswersThoughItsBusIsSilent) {
  up = false;
  answer = Answer::yes;
  clock.advance(24h);
  EXPECT_GT(calls, 1000);
  EXPECT_EQ(lost(), "");
}

TEST_F(APortWatch, ForgetsASilenceThatEnded) {
  up = false;
  clock.advance(59s);
  answer = Answer::yes;
  clock.advance(1s);
  answer = Answer::none;
  clock.advance(59s);
  EXPECT_EQ(lost(), "");
  clock.advance(2s);
  EXPECT_NE(lost(), "");
  up = true;
  EXPECT_EQ(lost(), "");
}

TEST_F(APortWatch, DoesNotJudgeAPortThatCannotBeProbed) {
  up = false;
  answer = Answer::unknown;
  clock.advance(24h);
  EXPECT_EQ(lost(), "");
}

TEST_F(APortWatch, KnowsAServerThatIsGoneForLongerThanItsStartMayTake) {
  up = false;
  answer = Answer::unknown;
  status.pid = 0;
  clock.advance(60s);
  EXPECT_EQ(lost(), "");
  clock.advance(1s);
  EXPECT_NE(lost().find("has not been running"), std::string::npos);
  status.pid = 4712;
  EXPECT_EQ(lost(), "") << "a start has its own timeout";
}

}  // namespace
