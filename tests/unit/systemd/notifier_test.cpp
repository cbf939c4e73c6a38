#include "exporter/systemd/notifier.hpp"

#include <gmock/gmock.h>

#include <vector>

namespace ganesha::exporter {
namespace {

using std::chrono_literals::operator""us;
using testing::ElementsAre;
using testing::IsEmpty;

class ANotifier : public testing::Test {
 protected:
  std::vector<std::string> sent;
  bool is_read = true;
  Notifier notifier{[this](const std::string& message) {
    if (is_read) sent.push_back(message);
    return is_read;
  }};
};

TEST_F(ANotifier, TellsEventsInTheirOrder) {
  notifier.ready();
  notifier.reloading(dbus::TimePoint(1'234'567us));
  notifier.ready();
  notifier.stopping();
  EXPECT_THAT(sent, ElementsAre("READY=1", "RELOADING=1\nMONOTONIC_USEC=1234567", "READY=1",
                                "STOPPING=1\nSTATUS=Stopping"));
}

TEST_F(ANotifier, TellsTheStatusOnlyWhenItChanges) {
  notifier.status("one");
  notifier.status("one");
  notifier.status("two");
  EXPECT_THAT(sent, ElementsAre("STATUS=one", "STATUS=two"));
}

TEST_F(ANotifier, KeepsEventsForAManagerThatDoesNotRead) {
  is_read = false;
  notifier.ready();
  notifier.reloading(dbus::TimePoint(5us));
  notifier.ready();
  EXPECT_THAT(sent, IsEmpty());
  is_read = true;
  notifier.retry();
  EXPECT_THAT(sent, ElementsAre("READY=1", "RELOADING=1\nMONOTONIC_USEC=5", "READY=1"));
}

TEST_F(ANotifier, TellsKeptEventsBeforeANewOne) {
  is_read = false;
  notifier.ready();
  is_read = true;
  notifier.stopping();
  EXPECT_THAT(sent, ElementsAre("READY=1", "STOPPING=1\nSTATUS=Stopping"));
}

TEST_F(ANotifier, TellsTheStatusAgainThatWasNotRead) {
  is_read = false;
  notifier.status("up");
  is_read = true;
  notifier.status("up");
  EXPECT_THAT(sent, ElementsAre("STATUS=up"));
}

TEST_F(ANotifier, KeepsOneBeatAtMost) {
  is_read = false;
  notifier.beat();
  notifier.beat();
  notifier.retry();
  is_read = true;
  notifier.retry();
  EXPECT_THAT(sent, ElementsAre("WATCHDOG=1"));
  notifier.retry();
  EXPECT_THAT(sent, ElementsAre("WATCHDOG=1"));
}

TEST_F(ANotifier, DropsAKeptBeatForANewerOne) {
  is_read = false;
  notifier.beat();
  is_read = true;
  notifier.beat();
  notifier.retry();
  EXPECT_THAT(sent, ElementsAre("WATCHDOG=1"));
}

TEST_F(ANotifier, KeepsTheLatestEventsOnly) {
  is_read = false;
  for (int i = 0; i < 1000; ++i) notifier.reloading(dbus::TimePoint(std::chrono::microseconds(i)));
  is_read = true;
  notifier.retry();
  EXPECT_EQ(sent.size(), 16U);
  EXPECT_EQ(sent.back(), "RELOADING=1\nMONOTONIC_USEC=999");
}

TEST_F(ANotifier, LetsNoStatusAddAVariable) {
  notifier.status("down\nSTOPPING=1");
  EXPECT_THAT(sent, ElementsAre("STATUS=down\\u000aSTOPPING=1"));
}

TEST_F(ANotifier, SaysNothingMoreOnceItStops) {
  notifier.stopping();
  notifier.status("up");
  notifier.stopping();
  EXPECT_THAT(sent, ElementsAre("STOPPING=1\nSTATUS=Stopping"));
}

}  // namespace
}  // namespace ganesha::exporter
