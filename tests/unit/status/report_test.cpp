#include "exporter/status/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exporter/collect/io_table.hpp"

namespace {

using namespace ganesha::exporter;
using testing::ElementsAre;
using testing::IsEmpty;

// Two polls, a second apart, of clients or exports that read a number of bytes in between, one per operation.
class ATable : public testing::Test {
 protected:
  void add_client(const std::string& address, std::uint64_t bytes, std::uint64_t errors = 0,
                  std::uint64_t latency_ns = 0, std::uint64_t active = 0) {
    std::optional<ganesha::dbus::Timestamp> last;
    if (active > 0) last = {active, 0};
    snapshot.clients->push_back({address, last, {}});
    builder.add(snapshot.clients->size() - 1, "NFSv41", {bytes, bytes, bytes, errors, latency_ns, 0}, {});
  }

  StatusTable clients(TableQuery query = {}) {
    if (!snapshot.client_io) {
      IoDetectors detectors;
      snapshot.client_io = std::move(builder).finish(detectors);
      IoTable before = *snapshot.client_io;
      before.rows.each_value([](IoRow& row) { row.read = {}; });
      growth.update(*snapshot.clients, before, {});
      growth.update(*snapshot.clients, *snapshot.client_io, 1.0);
    }
    snapshot.outcomes[index_of(CollectorId::clients)].success = true;
    snapshot.clients_known = snapshot.clients->size() + 7;
    return clients_table(snapshot, growth, std::move(query));
  }

  std::vector<std::string> names(TableQuery query) {
    std::vector<std::string> out;
    for (const auto& row : clients(std::move(query)).rows) out.emplace_back(row.name);
    return out;
  }

  Snapshot snapshot = [] {
    Snapshot empty;
    empty.clients.emplace();
    return empty;
  }();
  IoTableBuilder builder;
  RateTable growth;
};

TEST_F(ATable, DescribesEachRow) {
  add_client("10.0.0.1", 100, 3, 200, 1795422999);
  const auto table = clients();
  EXPECT_EQ(table.known, 8U);
  EXPECT_EQ(table.matched, 1U);
  ASSERT_EQ(table.rows.size(), 1U);
  const auto& row = table.rows.front();
  EXPECT_EQ(row.name, "10.0.0.1");
  EXPECT_EQ(row.id, "");
  EXPECT_THAT(row.protocols, ElementsAre("NFSv41"));
  EXPECT_EQ(row.rates->throughput(), 100);
  EXPECT_EQ(row.last_activity, 1795422999);
  EXPECT_THAT(row.history, ElementsAre(100));
}

TEST_F(ATable, IsSortedByEachKey) {
  add_client("a", 1, 9, 500, 20);
  add_client("b", 3, 5, 300, 10);
  add_client("c", 2, 7, 1000, 30);
  const auto sorted = [this](SortKey key, Order order) { return names({key, order, "", 1, 20}); };
  EXPECT_THAT(sorted(SortKey::throughput, Order::descending), ElementsAre("b", "c", "a"));
  EXPECT_THAT(sorted(SortKey::throughput, Order::ascending), ElementsAre("a", "c", "b"));
  EXPECT_THAT(sorted(SortKey::operations, Order::descending), ElementsAre("b", "c", "a"));
  EXPECT_THAT(sorted(SortKey::errors, Order::descending), ElementsAre("a", "c", "b"));
  EXPECT_THAT(sorted(SortKey::latency, Order::ascending), ElementsAre("b", "a", "c"));
  EXPECT_THAT(sorted(SortKey::activity, Order::descending), ElementsAre("c", "a", "b"));
  EXPECT_THAT(sorted(SortKey::name, Order::ascending), ElementsAre("a", "b", "c"));
  EXPECT_THAT(sorted(SortKey::name, Order::descending), ElementsAre("c", "b", "a"));
}

TEST_F(ATable, ComparesNumbersInNamesAsNumbers) {
  for (const auto* name : {"10.0.0.10", "10.0.0.9", "9.0.0.1", "fe80::1"}) add_client(name, 1);
  EXPECT_THAT(names({SortKey::name, Order::ascending, "", 1, 20}),
              ElementsAre("9.0.0.1", "10.0.0.9", "10.0.0.10", "fe80::1"));
}

TEST_F(ATable, HasWhatIsNotKnownLastEitherWay) {
  add_client("never", 1);
  add_client("once", 1, 0, 0, 10);
  add_client("never too", 1);
  add_client("lately", 1, 0, 0, 20);
  EXPECT_THAT(names({SortKey::activity, Order::descending, "", 1, 20}),
              ElementsAre("lately", "once", "never", "never too"));
  EXPECT_THAT(names({SortKey::activity, Order::ascending, "", 1, 20}),
              ElementsAre("once", "lately", "never", "never too"));
}

TEST_F(ATable, IsFilteredByAPartOfTheNameInAnyCase) {
  for (const auto* name : {"10.0.0.1", "FE80::AB", "10.1.0.1"}) add_client(name, 1);
  EXPECT_THAT(names({SortKey::name, Order::ascending, "fe80::a", 1, 20}), ElementsAre("FE80::AB"));
  EXPECT_THAT(names({SortKey::name, Order::ascending, ".0.1", 1, 20}), ElementsAre("10.0.0.1", "10.1.0.1"));
  EXPECT_THAT(names({SortKey::name, Order::ascending, "none", 1, 20}), IsEmpty());
  EXPECT_EQ(clients({SortKey::name, Order::ascending, "10.", 1, 20}).matched, 2U);
}

TEST_F(ATable, IsCutIntoPages) {
  for (int i = 0; i < 7; ++i) add_client("c" + std::to_string(i), 10 - static_cast<unsigned>(i));
  const auto page = [this](std::size_t number) {
    return names({SortKey::throughput, Order::descending, "", number, 3});
  };
  EXPECT_THAT(page(1), ElementsAre("c0", "c1", "c2"));
  EXPECT_THAT(page(2), ElementsAre("c3", "c4", "c5"));
  EXPECT_THAT(page(3), ElementsAre("c6"));
  EXPECT_THAT(page(99), ElementsAre("c6")) << "beyond the last: the last";
  const auto table = clients({SortKey::throughput, Order::descending, "", 99, 3});
  EXPECT_EQ(table.pages, 3U);
  EXPECT_EQ(table.query.page, 3U);
}

TEST_F(ATable, HasOneEmptyPageOfNothing) {
  const auto table = clients({SortKey::name, Order::ascending, "", 5, 3});
  EXPECT_EQ(table.pages, 1U);
  EXPECT_EQ(table.query.page, 1U);
  EXPECT_THAT(table.rows, IsEmpty());
}

TEST_F(ATable, ShowsNothingOfACollectorThatFailed) {
  add_client("a", 1);
  clients();
  snapshot.outcomes[index_of(CollectorId::clients)].success = false;
  const auto table = clients_table(snapshot, growth, {SortKey::name, Order::ascending, "", 2, 3});
  EXPECT_FALSE(table.known);
  EXPECT_EQ(table.query.page, 1U);
  EXPECT_THAT(table.rows, IsEmpty());
}

TEST_F(ATable, OfExportsIsFilteredByPathOrId) {
  snapshot.exports = {{"17", "/srv/Home", {}, {}}, {"2", "/srv/scratch", {}, {}}};
  snapshot.outcomes[index_of(CollectorId::exports)].success = true;
  const auto matching = [this](const char* filter) {
    const auto table = exports_table(snapshot, growth, {SortKey::name, Order::ascending, filter, 1, 20});
    return table.rows.size() == 1 ? std::string(table.rows.front().id) : "not one";
  };
  EXPECT_EQ(matching("home"), "17");
  EXPECT_EQ(matching("17"), "17");
  EXPECT_EQ(matching("CRATCH"), "2");
  EXPECT_EQ(matching("srv"), "not one");
}

}  // namespace
