#include "exporter/model/selection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace {

using namespace ganesha::exporter;
using ganesha::dbus::Client;
using ganesha::dbus::Export;
using ganesha::dbus::Timestamp;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using namespace std::chrono_literals;

Filter including(const std::string& pattern) { return {Pattern::parse(pattern), {}}; }
Filter excluding(const std::string& pattern) { return {{}, Pattern::parse(pattern)}; }

Client client(const std::string& address, std::uint64_t last_activity) {
  Client one;
  one.address = address;
  one.last_activity = {last_activity, 0};
  return one;
}

std::vector<std::string> shown(const ClientSelection& selection, std::vector<Client> clients,
                               std::size_t* dropped = nullptr) {
  std::erase_if(clients, [&](const Client& one) { return !selection.shows(one, {100'000, 0}); });
  const auto lost = keep_latest(selection.max, clients);
  if (dropped) *dropped = lost;
  std::vector<std::string> addresses;
  for (const auto& one : clients) addresses.push_back(one.address);
  return addresses;
}

TEST(AFilter, AcceptsAllWithoutAPattern) { EXPECT_TRUE(Filter{}.takes("anything")); }

TEST(AFilter, MatchesAWholeTextByExpression) {
  EXPECT_TRUE(including("/exports/.*").takes("/exports/home"));
  EXPECT_FALSE(including("/exports").takes("/exports/home"));
  EXPECT_FALSE(excluding("/exports/(home|tmp)").takes("/exports/tmp"));
  EXPECT_TRUE(excluding("/exports/(home|tmp)").takes("/exports/tmp2"));
}

TEST(AFilter, MatchesAddressesByNetwork) {
  const auto filter = including("10.1.0.0/16,192.0.2.7,2001:db8::/32");
  EXPECT_TRUE(filter.takes("10.1.255.3"));
  EXPECT_FALSE(filter.takes("10.2.0.1"));
  EXPECT_TRUE(filter.takes("192.0.2.7"));
  EXPECT_FALSE(filter.takes("192.0.2.70"));
  EXPECT_TRUE(filter.takes("2001:db8:1::5"));
  EXPECT_FALSE(filter.takes("2001:db9::5"));
  EXPECT_FALSE(filter.takes("<unknown>"));
}

TEST(AFilter, AcceptsTheNetworkThatHoldsAnAddress) {
  EXPECT_TRUE(including("10.1.2.3/16").takes("10.1.9.9"));
}

TEST(AFilter, RefusesWhatIsNoPattern) {
  for (const auto* text : {"", "(", "[a", "*", "(a)\\1", "(?=a)a"})
    EXPECT_FALSE(Pattern::parse(text)) << text;
}

TEST(AFilter, RefusesAListOfNetworksWithAnError) {
  for (const auto* text : {"10.0.0.0/33", "10.0.0.0/8, 10.1.0.0/16", "10.0.0.0/8,", ",10.0.0.1", "10.0.0.256",
                           "10.0.0", "10.0/16", "10.0.0.0/", "2001:db8::/129", "fe80::1::2",
                           "10.0.0.1 10.0.0.2", "10.0.0.1/8/8", "::ffff:10.0.0.300"})
    EXPECT_FALSE(Pattern::parse(text)) << text;
}

TEST(AFilter, AcceptsExpressionsThatAreNoListOfNetworks) {
  EXPECT_TRUE(including(R"(10\.0\..*)").takes("10.0.3.4"));
  EXPECT_TRUE(including(R"(10\.0\.0\.1)").takes("10.0.0.1"));
  EXPECT_TRUE(including("10.0.[0-3].*").takes("10.0.2.7"));
  EXPECT_TRUE(including("node-12").takes("node-12"));
  EXPECT_TRUE(including("fe80:.*").takes("fe80::1"));
  for (const auto* text : {"abc", "/cafe", "/ab/1.2.3", "/1.2", "12", "...", "<unknown>", "10.*"})
    EXPECT_TRUE(Pattern::parse(text)) << text;
}

TEST(AFilter, MatchesInLinearTime) {
  const auto filter = including("(a+)+b");
  EXPECT_TRUE(filter.takes(std::string(5000, 'a') + "b"));
  EXPECT_FALSE(filter.takes(std::string(5000, 'a')));
}

TEST(AFilter, MatchesPathsThatAreNotUtf8) {
  EXPECT_TRUE(including("/caf./x").takes("/caf\xe9/x"));
  EXPECT_TRUE(including("/größe.*").takes("/größe/\n"));
}

TEST(ASelectionOfClients, LeavesOutTheIdle) {
  ClientSelection selection;
  selection.max_idle = 10s;
  EXPECT_THAT(shown(selection, {client("a", 99'990), client("b", 99'989), client("c", 0)}),
              ElementsAre("a", "c"));
  selection.max_idle = 0s;
  EXPECT_EQ(shown(selection, {client("a", 99'990), client("b", 99'989), client("c", 0)}).size(), 3U);
}

TEST(ASelectionOfClients, KeepsTheLatestActiveOnes) {
  ClientSelection selection;
  selection.max = 2;
  std::size_t dropped = 0;
  EXPECT_THAT(shown(selection, {client("a", 99'001), client("b", 99'003), client("c", 99'002)}, &dropped),
              UnorderedElementsAre("b", "c"));
  EXPECT_EQ(dropped, 1U);
  selection.max = 0;
  EXPECT_EQ(
      shown(selection, {client("a", 99'001), client("b", 99'003), client("c", 99'002)}, &dropped).size(), 3U);
  EXPECT_EQ(dropped, 0U);
}

TEST(ASelectionOfClients, KeepsTheSameOnesOfThoseThatWereActiveAtTheSameTime) {
  ClientSelection selection;
  selection.max = 2;
  std::vector<Client> clients{client("c", 99'001), client("a", 99'001), client("b", 99'001)};
  EXPECT_THAT(shown(selection, clients), UnorderedElementsAre("a", "b"));
  std::ranges::reverse(clients);
  EXPECT_THAT(shown(selection, clients), UnorderedElementsAre("a", "b"));
}

TEST(ASelectionOfExports, KeepsTheLatestActiveOnes) {
  const auto one = [](std::uint16_t id, std::uint64_t last_activity) {
    return Export{id, "/" + std::to_string(id), {}, {}, {last_activity, 0}};
  };
  std::vector<Export> exports{one(1, 0), one(2, 5), one(3, 0), one(4, 6), one(5, 0)};
  EXPECT_EQ(keep_latest(0, exports), 0U);
  EXPECT_EQ(keep_latest(4, exports), 1U);
  std::set<std::uint16_t> ids;
  for (const auto& kept : exports) ids.insert(kept.id);
  EXPECT_THAT(ids, ElementsAre(1, 2, 3, 4));
}

TEST(ASelectionOfExports, FiltersByPath) {
  ExportSelection selection;
  selection.filter = excluding("/tmp.*");
  EXPECT_FALSE(selection.shows({1, "/tmp/x", {}, {}, {}}, {}));
  EXPECT_TRUE(selection.shows({1, "/srv", {}, {}, {}}, {}));
}

TEST(ASelectionOfClients, CountsAmongTheDroppedOnlyWhatTheMaximumCost) {
  ClientSelection selection;
  selection.filter = excluding("10.0.0.0/8");
  std::size_t dropped = 9;
  EXPECT_THAT(shown(selection, {client("::ffff:10.0.0.1", 99'999)}, &dropped), IsEmpty());
  EXPECT_EQ(dropped, 0U);
}

TEST(ASelectionOfClients, FiltersByTheAddressThatIsShown) {
  ClientSelection selection;
  selection.filter = including("10\\..*");
  EXPECT_EQ(shown(selection, {client("::ffff:10.0.0.1", 99'999), client("fe80::1", 99'999)}).size(), 1U);
}

TEST(ALabelOfAClient, IsItsAddressWithoutTheMapping) {
  const ClientSelection selection;
  EXPECT_EQ(selection.label("::ffff:10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(selection.label("fe80::1"), "fe80::1");
  EXPECT_EQ(selection.label("<unknown>"), "<unknown>");
}

TEST(ALabelOfAClient, IsItsNetworkWhereTheyAreSummed) {
  ClientSelection selection;
  selection.aggregation = Aggregation::parse("/24");
  EXPECT_EQ(selection.label("::ffff:10.1.2.3"), "10.1.2.0/24");
  EXPECT_EQ(selection.label("2001:db8:1:2:3::4"), "2001:db8:1:2::/64");
  EXPECT_EQ(selection.label("<unknown>"), "<unknown>");
  selection.aggregation = Aggregation::parse("/8,/32");
  EXPECT_EQ(selection.label("10.1.2.3"), "10.0.0.0/8");
  EXPECT_EQ(selection.label("2001:db8:1:2:3::4"), "2001:db8::/32");
}

TEST(AnAggregation, RefusesWhatIsNoLength) {
  for (const auto* text : {"", "24", "/33", "/24,/129", "/24,", "/24,/64,/1", "/-1", "/ 24"})
    EXPECT_FALSE(Aggregation::parse(text)) << text;
}

}  // namespace
