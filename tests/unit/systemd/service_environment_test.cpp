#include "exporter/systemd/service_environment.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

namespace ganesha::exporter {
namespace {

using std::chrono_literals::operator""s;

void set(const char* name, const std::string& value) { setenv(name, value.c_str(), 1); }

TEST(TheServiceEnvironment, IsReadAndTakenAway) {
  set("NOTIFY_SOCKET", "@manager");
  set("WATCHDOG_USEC", "30000000");
  set("WATCHDOG_PID", std::to_string(getpid()));
  const auto taken = take_service_environment();
  EXPECT_EQ(taken.notify_socket, "@manager");
  EXPECT_EQ(taken.watchdog, 30s);
  for (const auto* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
    EXPECT_EQ(std::getenv(name), nullptr) << name;
}

TEST(TheServiceEnvironment, MayBeAbsent) {
  const auto taken = take_service_environment();
  EXPECT_EQ(taken.notify_socket, "");
  EXPECT_FALSE(taken.watchdog);
}

TEST(TheServiceEnvironment, HasNoWatchdogIfItIsForAnotherProcess) {
  set("WATCHDOG_USEC", "30000000");
  set("WATCHDOG_PID", std::to_string(getppid()));
  EXPECT_FALSE(take_service_environment().watchdog);
  EXPECT_EQ(std::getenv("WATCHDOG_USEC"), nullptr);
}

TEST(TheServiceEnvironment, HasNoWatchdogIfItsIntervalIsWrong) {
  for (const auto* wrong : {"", "0", "-1", "soon", "18446744073709551615", "18446744073709551614"}) {
    set("WATCHDOG_USEC", wrong);
    EXPECT_FALSE(take_service_environment().watchdog) << wrong;
  }
}

}  // namespace
}  // namespace ganesha::exporter
