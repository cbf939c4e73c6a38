#include "exporter/collect/connection_log.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace {

using namespace ganesha::exporter;
using namespace std::chrono_literals;
using ganesha::dbus::errc;
using ganesha::dbus::TimePoint;

struct TheConnectionLog : testing::Test {
  std::ostringstream lines;
  Log log{LogLevel::info, LogFormat::logfmt, lines};
  ConnectionLog connection_log{log};
  TimePoint now{1h};

  void connect() { connection_log.connected(now); }
  void lose() { connection_log.disconnected({errc::not_connected, {}}, now); }
  // How many lines have been logged with this text.
  std::size_t count(const std::string& text) const {
    const std::string all = lines.str();
    std::size_t found = 0;
    for (auto at = all.find(text); at != all.npos; at = all.find(text, at + 1)) ++found;
    return found;
  }
};

TEST_F(TheConnectionLog, HasOneLineHoweverManyAttemptsFail) {
  for (int i = 0; i < 5; ++i) lose();
  EXPECT_EQ(count("DBus connection failed"), 1U);
  connect();
  EXPECT_EQ(count("Connected to the bus"), 1U);
}

TEST_F(TheConnectionLog, HasNoLineForConnectionsThatAreLostSoon) {
  connect();
  for (int i = 0; i < 5; ++i) {
    lose();
    connect();
    now += 10s;
  }
  EXPECT_EQ(count("DBus connection failed"), 1U);
  EXPECT_EQ(count("Connected to the bus"), 2U);
}

TEST_F(TheConnectionLog, HasALineForEachLossOfAConnectionThatLasted) {
  for (int i = 0; i < 3; ++i) {
    connect();
    now += 11s;
    lose();
  }
  EXPECT_EQ(count("DBus connection failed"), 3U);
  EXPECT_EQ(count("Connected to the bus"), 3U);
}

}  // namespace
