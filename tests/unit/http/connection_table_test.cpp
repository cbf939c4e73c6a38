#include "exporter/http/connection_table.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace {
using namespace ganesha::exporter;
using namespace std::chrono_literals;
using boost::asio::ip::make_address;

class ConnectionTableTest : public testing::Test {
 protected:
  ConnectionTableTest() {
    options.max_connections = 4;
    options.reserve = 2;
    options.max_readers = 3;
  }

  Connection& open(const std::string& client, Phase phase = Phase::first_byte, Place place = Place::regular) {
    Connection& connection = connections.emplace_back();
    connection.network = network_of(make_address(client));
    connection.place = place;
    table.add(connection, now);
    if (phase != Phase::first_byte) table.enter(connection, phase, now);
    return connection;
  }

  // Four of one address, one after the other.
  void fill(Phase phase) {
    for (int i = 0; i < 4; ++i) {
      open("10.0.0.1", phase);
      now += 10ms;
    }
  }

  // The connections that are too slow now, and why.
  std::vector<std::optional<CloseReason>> overdue_after(std::chrono::milliseconds time) const {
    std::vector<std::optional<CloseReason>> reasons;
    for (const auto& each : table.overdue(now + time, 100)) reasons.push_back(each.reason);
    return reasons;
  }

  using Reasons = std::vector<std::optional<CloseReason>>;

  HttpOptions options;
  ConnectionTable table{options};
  std::deque<Connection> connections;
  TimePoint now{1h};
};

TEST(Networks, AreIPv4AddressesAndHalvesOfIPv6Addresses) {
  const auto same = [](const char* a, const char* b) {
    return network_of(make_address(a)) == network_of(make_address(b));
  };
  EXPECT_TRUE(same("10.0.0.1", "::ffff:10.0.0.1"));
  EXPECT_FALSE(same("10.0.0.1", "10.0.0.2"));
  EXPECT_TRUE(same("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"));
  EXPECT_FALSE(same("2001:db8:1:2::1", "2001:db8:1:3::1"));
}

TEST_F(ConnectionTableTest, GivesRegularPlacesWhileThereAreAny) {
  open("10.0.0.1");
  const auto admission = table.make_place(now);
  EXPECT_EQ(admission.place, Place::regular);
  EXPECT_EQ(admission.evicted, nullptr);
}

TEST_F(ConnectionTableTest, EvictsTheLongestIdleOneOfTheNetworkThatHoldsMost) {
  open("10.0.0.9", Phase::idle);
  now += 5s;
  auto& oldest = open("10.0.0.1", Phase::idle);
  now += 5s;
  open("10.0.0.1");
  open("::ffff:10.0.0.1", Phase::request);
  now += 5s;
  const auto admission = table.make_place(now);
  EXPECT_EQ(admission.evicted, &oldest);
  EXPECT_FALSE(admission.evicted_newcomer);
  EXPECT_EQ(eviction_reason(oldest), CloseReason::idle_evicted);
}

TEST_F(ConnectionTableTest, EvictsAnIdleOneBeforeASlowReader) {
  open("10.0.0.1", Phase::writing);
  now += 2s;
  auto& idle = open("10.0.0.1", Phase::idle);
  now += 2s;
  open("10.0.0.1", Phase::writing);
  open("10.0.0.1", Phase::writing);
  EXPECT_EQ(table.make_place(now).evicted, &idle);
}

TEST_F(ConnectionTableTest, EvictsTheReaderThatHasTakenNothingForLongest) {
  fill(Phase::writing);
  now += 1s;
  ConnectionTable::progressed(connections[0], now);
  now += 1s;
  EXPECT_EQ(table.make_place(now).evicted, &connections[1]);
  EXPECT_EQ(eviction_reason(connections[1]), CloseReason::reader_evicted);
}

// Else readers that hold all places but one would lock out each new client before its request is read.
TEST_F(ConnectionTableTest, EvictsASlowReaderBeforeANewConnection) {
  auto& reader = open("10.0.0.1", Phase::writing);
  now += 2s;
  open("10.0.0.1", Phase::writing);
  open("10.0.0.1", Phase::writing);
  open("10.0.0.1");
  now += 10ms;
  EXPECT_EQ(table.make_place(now).evicted, &reader);
}

TEST_F(ConnectionTableTest, TellsThatItEvictsOneThatHasJustCome) {
  fill(Phase::first_byte);
  const auto admission = table.make_place(now);
  EXPECT_EQ(admission.evicted, &connections[0]);
  EXPECT_TRUE(admission.evicted_newcomer);
}

TEST_F(ConnectionTableTest, NeverEvictsOneWhoseRequestIsHandled) {
  fill(Phase::handling);
  for (const std::size_t used : {0U, 1U}) {
    EXPECT_EQ(table.make_place(now).place, Place::reserve) << used;
    EXPECT_EQ(table.make_place(now).evicted, nullptr) << used;
    open("10.0.0.2", Phase::handling, Place::reserve);
  }
  EXPECT_FALSE(table.make_place(now).place);
}

TEST_F(ConnectionTableTest, EvictsInTheReserveOnlyForTheReserve) {
  fill(Phase::handling);
  auto& waiting = open("10.0.0.2", Phase::first_byte, Place::reserve);
  open("10.0.0.2", Phase::handling, Place::reserve);
  const auto admission = table.make_place(now);
  EXPECT_EQ(admission.place, Place::reserve);
  EXPECT_EQ(admission.evicted, &waiting);
}

TEST_F(ConnectionTableTest, FreesThePlaceOfAConnectionOnce) {
  fill(Phase::handling);
  table.remove(connections[1]);
  table.remove(connections[1]);
  EXPECT_EQ(table.all().size(), 3U);
  EXPECT_EQ(table.make_place(now).place, Place::regular);
  EXPECT_EQ(*connections[0].peers, 3U);
}

TEST_F(ConnectionTableTest, GivesANewConnectionLittleTimeForItsFirstByte) {
  open("10.0.0.1");
  EXPECT_EQ(overdue_after(options.first_byte_timeout - 1ms), Reasons{});
  EXPECT_EQ(overdue_after(options.first_byte_timeout), Reasons{CloseReason::first_byte_timeout});
}

TEST_F(ConnectionTableTest, DoesNotCountTheUsualEndOfAnIdleConnection) {
  open("10.0.0.1", Phase::idle);
  open("10.0.0.1", Phase::lingering);
  EXPECT_EQ(overdue_after(options.linger_timeout - 1ms), Reasons{});
  EXPECT_EQ(overdue_after(options.idle_timeout - 1ms), Reasons{std::nullopt});
  EXPECT_EQ(overdue_after(options.idle_timeout), (Reasons{std::nullopt, std::nullopt}));
}

TEST_F(ConnectionTableTest, GivesAWholeRequestOneDeadline) {
  auto& slow = open("10.0.0.1");
  now += 4s;
  table.enter(slow, Phase::request, now);
  EXPECT_EQ(overdue_after(options.request_timeout - 1ms), Reasons{});
  EXPECT_EQ(overdue_after(options.request_timeout), Reasons{CloseReason::request_timeout});
}

TEST_F(ConnectionTableTest, GivesTheReserveASecondFromAcceptForAWholeRequest) {
  auto& connection = open("10.0.0.1", Phase::first_byte, Place::reserve);
  EXPECT_EQ(overdue_after(options.reserve_timeout), Reasons{CloseReason::first_byte_timeout});
  now += 900ms;
  table.enter(connection, Phase::request, now);
  EXPECT_EQ(overdue_after(99ms), Reasons{});
  EXPECT_EQ(overdue_after(100ms), Reasons{CloseReason::request_timeout});
}

TEST_F(ConnectionTableTest, NamesNoMoreOverdueConnectionsThanAskedFor) {
  fill(Phase::idle);
  EXPECT_EQ(table.overdue(now + 1h, 3).size(), 3U);
}

TEST_F(ConnectionTableTest, NeverFindsAHandledRequestTooSlow) {
  open("10.0.0.1", Phase::handling);
  EXPECT_EQ(overdue_after(1h), Reasons{});
}

TEST_F(ConnectionTableTest, ClosesAReaderWithoutProgressAndOneThatTakesTooLong) {
  auto& reader = open("10.0.0.1", Phase::writing);
  EXPECT_EQ(overdue_after(options.progress_timeout - 1ms), Reasons{});
  EXPECT_EQ(overdue_after(options.progress_timeout), Reasons{CloseReason::no_progress});
  for (auto taken = 0s; taken < 29s; taken += 1s) {
    now += 1s;
    ConnectionTable::progressed(reader, now);
    EXPECT_EQ(overdue_after(0s), Reasons{});
  }
  EXPECT_EQ(overdue_after(1s), Reasons{CloseReason::write_timeout});
}

TEST_F(ConnectionTableTest, CountsReadersAndKnowsTheSlowest) {
  EXPECT_EQ(table.slowest_reader(now), nullptr);
  fill(Phase::writing);
  EXPECT_TRUE(table.has_too_many_readers());
  EXPECT_EQ(table.slowest_reader(now + 1s), &connections[0]);
  table.enter(connections[0], Phase::idle, now);
  EXPECT_FALSE(table.has_too_many_readers());
  table.enter(connections[0], Phase::writing, now);
  table.remove(connections[2]);
  EXPECT_FALSE(table.has_too_many_readers());
  EXPECT_EQ(table.slowest_reader(now + 1s), &connections[1]);
}

TEST_F(ConnectionTableTest, TakesNoReaderThatJustBeganForSlowButTheNewestOfTheBusiestNetwork) {
  open("10.0.0.1", Phase::writing);
  open("10.0.0.2", Phase::writing);
  now += 10ms;
  auto& newest_of_two = open("10.0.0.2", Phase::writing);
  now += 10ms;
  open("10.0.0.3", Phase::writing);
  EXPECT_EQ(table.slowest_reader(now), &newest_of_two);
}

TEST(TheBounds, FollowTheNumberOfDescriptors) {
  const auto total = [](const HttpOptions& options) { return options.max_connections + options.reserve; };
  EXPECT_EQ(options_for(1'000'000).max_connections, HttpOptions{}.max_connections);
  EXPECT_EQ(options_for(1'000'000).reserve, HttpOptions{}.reserve);
  EXPECT_EQ(total(options_for(wanted_descriptors)) + other_descriptors, wanted_descriptors);
  EXPECT_EQ(total(options_for(1024)), 1024 - other_descriptors);
  EXPECT_EQ(total(options_for(64)), 16U);
  EXPECT_EQ(options_for(64).reserve, 4U);
  EXPECT_GE(options_for(4).max_connections, 1U);
}

}  // namespace
