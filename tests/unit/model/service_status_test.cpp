#include "exporter/model/service_status.hpp"

#include <gtest/gtest.h>

namespace ganesha::exporter {
namespace {

using std::chrono_literals::operator""ms;

HealthStatus down() {
  HealthStatus health;
  health.bus_connected = true;
  return health;
}

HealthStatus up() {
  HealthStatus health = down();
  health.up = health.owned = true;
  return health;
}

TEST(TheServiceStatus, CountsWhatThePollFound) {
  Snapshot poll;
  poll.duration = 123ms;
  poll.clients_known = 4000;
  poll.exports_known = 1;
  EXPECT_EQ(service_status(up(), &poll), "Ganesha is up; last poll 0.12 s, 4,000 clients, 1 export");
}

TEST(TheServiceStatus, LeavesOutWhatIsNotPolled) {
  Snapshot poll;
  poll.duration = 5ms;
  EXPECT_EQ(service_status(up(), &poll), "Ganesha is up; last poll 0.01 s");
}

TEST(TheServiceStatus, TellsThatNoPollSucceeded) {
  EXPECT_EQ(service_status(up(), nullptr), "Ganesha is up; no poll has succeeded yet");
}

TEST(TheServiceStatus, TellsWhatGaneshaIsMissing) {
  auto health = down();
  EXPECT_EQ(service_status(health, nullptr), "Waiting for NFS-Ganesha on the bus: nobody has its name");
  health.owned = true;
  EXPECT_EQ(service_status(health, nullptr), "Waiting for the first heartbeat of NFS-Ganesha");
  health.seconds_since_heartbeat = 12.3;
  EXPECT_EQ(service_status(health, nullptr), "Ganesha is down: no healthy heartbeat of late");
}

TEST(TheServiceStatus, TellsWhyThereIsNoBus) {
  HealthStatus health;
  health.last_error = "unix:path=/run/bus: Connection refused";
  EXPECT_EQ(service_status(health, nullptr),
            "Waiting for NFS-Ganesha on the bus: not connected to DBus; last error: unix:path=/run/bus: "
            "Connection refused");
}

TEST(TheServiceStatus, TellsWhichSignOfLifeIsMissingWithoutABus) {
  HealthStatus health;
  health.missing_sign = missing_sign({{"null_call", "192.0.2.1:2049", false}});
  EXPECT_EQ(service_status(health, nullptr),
            "Ganesha is down: NFS-Ganesha at 192.0.2.1:2049 does not answer NULL calls");
  EXPECT_EQ(missing_sign({{"null_call", "192.0.2.1:2049", true}}), "");
}

TEST(TheServiceStatus, TellsThatPollsAreNotAnsweredWhereNoHeartbeatIsExpected) {
  auto health = down();
  health.owned = true;
  health.missing_sign = missing_sign({{"poll", {}, false}});
  health.last_error = health.missing_sign;
  EXPECT_EQ(service_status(health, nullptr), "Ganesha is down: no answer of NFS-Ganesha to polls");
  EXPECT_EQ(why_not_ready(health), "no answer of NFS-Ganesha to polls") << "said once";
}

TEST(TheServiceStatus, TellsWhatTheServerThatWeRunWaitsFor) {
  auto health = down();
  health.waits_for = "export 2 is not served yet";
  EXPECT_EQ(service_status(health, nullptr), "Waiting for NFS-Ganesha: export 2 is not served yet");
}

}  // namespace
}  // namespace ganesha::exporter
