#include "exporter/status/rates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exporter/collect/io_table.hpp"
#include "exporter/status/rate_tracker.hpp"

namespace {

using namespace ganesha::exporter;
using ganesha::dbus::BasicIO;
using ganesha::dbus::StatsSwitch;
using ganesha::dbus::TimePoint;
using std::chrono::seconds;
using testing::DoubleEq;
using testing::ElementsAre;
using testing::Optional;

BasicIO io(std::uint64_t bytes, std::uint64_t operations, std::uint64_t errors = 0,
           std::uint64_t latency_ns = 0) {
  return {bytes, bytes, operations, errors, latency_ns, 0};
}

// One protocol of one subject.
struct Counted {
  std::size_t subject;
  BasicIO read, write;
  std::string protocol = "NFSv3";
};

IoTable table_of(const std::vector<Counted>& counted) {
  IoTableBuilder builder;
  for (const auto& one : counted) builder.add(one.subject, one.protocol, one.read, one.write);
  IoDetectors detectors;
  return std::move(builder).finish(detectors);
}

std::vector<ClientEntry> clients(const std::vector<std::string>& addresses) {
  std::vector<ClientEntry> entries;
  for (const auto& address : addresses) entries.push_back({address, {}, {}});
  return entries;
}

TEST(RateTable, IsWhatWasCountedBetweenTwoPollsInASecond) {
  RateTable growth;
  growth.update(clients({"a"}), table_of({{0, io(1000, 10, 1, 5'000'000), io(500, 5, 2, 1'000'000)}}), {});
  EXPECT_FALSE(growth.subject(0)->rates);
  growth.update(clients({"a"}), table_of({{0, io(3000, 30, 4, 45'000'000), io(700, 15, 3, 6'000'000)}}), 2.0);
  const auto& rates = growth.subject(0)->rates;
  ASSERT_TRUE(rates);
  EXPECT_DOUBLE_EQ(rates->read_bytes, 1000);
  EXPECT_DOUBLE_EQ(rates->written_bytes, 100);
  EXPECT_DOUBLE_EQ(rates->reads, 10);
  EXPECT_DOUBLE_EQ(rates->writes, 5);
  EXPECT_DOUBLE_EQ(rates->errors, 2);
  EXPECT_THAT(rates->latency, Optional(DoubleEq(0.045 / 30)));
  EXPECT_DOUBLE_EQ(rates->throughput(), 1100);
  EXPECT_DOUBLE_EQ(rates->operations(), 15);
}

TEST(RateTable, SumsProtocolsAlsoThoseThatComeLater) {
  RateTable growth;
  growth.update(clients({"a"}), table_of({{0, io(1000, 10), {}}}), {});
  growth.update(clients({"a"}), table_of({{0, io(1000, 10), {}}, {0, io(600, 3), {}, "NFSv41"}}), 1.0);
  EXPECT_DOUBLE_EQ(growth.subject(0)->rates->read_bytes, 600);
}

TEST(RateTable, IsUnknownForOneStepWhenACounterFell) {
  RateTable growth;
  growth.update(clients({"a"}), table_of({{0, io(1000, 10), io(50, 1)}}), {});
  growth.update(clients({"a"}), table_of({{0, io(2000, 20), io(40, 1)}}), 1.0);
  EXPECT_FALSE(growth.subject(0)->rates);
  EXPECT_FALSE(growth.total());
  growth.update(clients({"a"}), table_of({{0, io(2300, 23), io(40, 1)}}), 1.0);
  EXPECT_DOUBLE_EQ(growth.subject(0)->rates->throughput(), 300);
  EXPECT_THAT(growth.subject(0)->history.values(), ElementsAre(300));
}

TEST(RateTable, KnowsNoRateOfANewcomerAndForgetsWhoLeft) {
  RateTable growth;
  growth.update(clients({"a", "b"}), table_of({{0, io(10, 1), {}}, {1, io(10, 1), {}}}), {});
  growth.update(clients({"b", "c"}), table_of({{0, io(30, 2), {}}, {1, io(900, 9), {}}}), 1.0);
  EXPECT_DOUBLE_EQ(growth.subject(0)->rates->throughput(), 20);
  EXPECT_FALSE(growth.subject(1)->rates);
  EXPECT_EQ(growth.subject(2), nullptr);
  growth.update(clients({"a", "b"}), table_of({{0, io(50, 2), {}}, {1, io(30, 2), {}}}), 1.0);
  EXPECT_FALSE(growth.subject(0)->rates) << "a newcomer again";
  EXPECT_DOUBLE_EQ(growth.subject(1)->rates->throughput(), 0);
}

TEST(RateTable, TakesAnExportOfAnotherPathForAnotherOne) {
  RateTable growth;
  growth.update({ExportEntry{"1", "/old", {}, {}}}, table_of({{0, io(10, 1), {}}}), {});
  growth.update({ExportEntry{"1", "/new", {}, {}}}, table_of({{0, io(90, 9), {}}}), 1.0);
  EXPECT_FALSE(growth.subject(0)->rates);
}

TEST(RateTable, HasLatencyOnlyOfWhatIsMeasured) {
  RateTable growth;
  // Writes are counted but not timed.
  growth.update(clients({"a"}), table_of({{0, io(10, 1, 0, 1'000'000), io(10, 1)}}), {});
  growth.update(clients({"a"}), table_of({{0, io(20, 3, 0, 5'000'000), io(90, 9)}}), 1.0);
  EXPECT_THAT(growth.subject(0)->rates->latency, Optional(DoubleEq(0.002)));
  growth.update(clients({"a"}), table_of({{0, io(20, 3, 0, 5'000'000), io(99, 10)}}), 1.0);
  EXPECT_FALSE(growth.subject(0)->rates->latency) << "no read meanwhile";
}

TEST(RateTable, AddsAllUp) {
  RateTable growth;
  growth.update(clients({"a", "b"}), table_of({{0, io(10, 1), {}}, {1, {}, io(10, 1)}}), {});
  growth.update(clients({"a", "b", "c"}),
                table_of({{0, io(30, 2), {}}, {1, {}, io(70, 2)}, {2, io(5000, 5), {}}}), 2.0);
  ASSERT_TRUE(growth.total());
  EXPECT_DOUBLE_EQ(growth.total()->read_bytes, 10);
  EXPECT_DOUBLE_EQ(growth.total()->written_bytes, 30);
  EXPECT_THAT(growth.total_history().values(), ElementsAre(40));
}

TEST(History, KeepsTheLatestThirty) {
  History history;
  for (int i = 0; i < 35; ++i) history.add(i);
  const auto values = history.values();
  ASSERT_EQ(values.size(), 30U);
  EXPECT_EQ(values.front(), 5);
  EXPECT_EQ(values.back(), 34);
}

class ATrackedServer : public testing::Test {
 protected:
  // The poll of a server whose only client has read so much.
  SnapshotPtr poll(std::uint64_t bytes, std::uint64_t counting_since = 100) {
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->stats = {SwitchRow{"nfs", true, {counting_since, 0}}};
    snapshot->clients = clients({"a"});
    snapshot->client_io = table_of({{0, io(bytes, bytes), {}}});
    snapshot->outcomes[index_of(CollectorId::clients)].success = true;
    return snapshot;
  }

  void update(const SnapshotPtr& snapshot, std::uint64_t owner = 1) {
    now += seconds(5);
    tracker.update(snapshot, now, owner);
  }

  std::optional<double> throughput() const {
    const auto* subject = tracker.clients().subject(0);
    return subject && subject->rates ? std::optional(subject->rates->throughput()) : std::nullopt;
  }

  RateTracker tracker;
  TimePoint now{};
};

TEST_F(ATrackedServer, IsComparedByTheTimeBetweenPolls) {
  update(poll(0));
  const auto latest = poll(1000);
  update(latest);
  EXPECT_THAT(throughput(), Optional(DoubleEq(200)));
  EXPECT_EQ(tracker.all(*latest), &tracker.clients()) << "no exports are collected";
}

TEST_F(ATrackedServer, HasNoTrafficToShowWhereTheCollectorsFail) {
  update(poll(0));
  update(poll(1000));
  Snapshot failed = *poll(2000);
  failed.outcomes = {};
  EXPECT_EQ(tracker.all(failed), nullptr);
}

TEST_F(ATrackedServer, IsAnotherOneWhenTheOwnerChanged) {
  update(poll(0));
  update(poll(1000));
  update(poll(9000), 2);
  EXPECT_FALSE(throughput());
  EXPECT_TRUE(tracker.clients().subject(0)->history.values().empty());
}

TEST_F(ATrackedServer, IsNotComparedAcrossAResetThatTheCountersDoNotShow) {
  update(poll(100));
  update(poll(1000, 200));
  EXPECT_FALSE(throughput());
  update(poll(1500, 200));
  EXPECT_THAT(throughput(), Optional(DoubleEq(100)));
}

TEST_F(ATrackedServer, IsComparedWithTheLastPollThatWorked) {
  update(poll(0));
  auto failed = std::make_shared<Snapshot>(*poll(500));
  failed->outcomes = {};
  update(failed);
  update(poll(1000));
  EXPECT_THAT(throughput(), Optional(DoubleEq(100)));
}

TEST_F(ATrackedServer, HasNoRatesWhileItDoesNotCount) {
  update(poll(0));
  update(poll(1000));
  auto off = std::make_shared<Snapshot>(*poll(1000));
  off->client_io.reset();
  update(off);
  EXPECT_FALSE(throughput());
  update(poll(2000));
  EXPECT_FALSE(throughput());
}

}  // namespace
