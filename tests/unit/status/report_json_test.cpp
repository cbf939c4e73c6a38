#include "exporter/status/report_json.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "snapshots.hpp"

namespace {

using namespace ganesha::exporter;
using namespace ganesha::test;
using Json = nlohmann::json;

class StatusAsJson : public testing::Test {
 protected:
  // Takes the snapshot twice, five seconds apart: rates are known, and 0.
  void take(Snapshot found) {
    facts.snapshot = std::make_shared<const Snapshot>(std::move(found));
    facts.live = usual_live(facts.snapshot);
    for (const int second : {5, 10})
      tracker.update(facts.snapshot, ganesha::dbus::TimePoint(std::chrono::seconds(second)), 1);
  }

  Json json(const StatusQuery& query = {}) const {
    const auto text = status_json(make_report(facts, tracker, query));
    EXPECT_TRUE(text.ends_with("}\n"));
    return Json::parse(text);
  }

  StatusFacts facts;
  RateTracker tracker;
};

TEST_F(StatusAsJson, DescribesTheServer) {
  take(everything_measured());
  facts.since = {SinceKind::started, ganesha::dbus::WallTime(std::chrono::milliseconds(1795422000123))};
  facts.poll_interval = std::chrono::seconds(5);
  const auto status = json();
  EXPECT_EQ(status["up"], true);
  EXPECT_EQ(status["state"], "up");
  EXPECT_EQ(status["since"], 1795422000.123);
  EXPECT_EQ(status["since_kind"], "started");
  EXPECT_EQ(status["last_beat"], 1795423001);
  EXPECT_EQ(status["heartbeats"], 42);
  EXPECT_EQ(status["version"], *facts.snapshot->version);
  EXPECT_EQ(status["in_grace"], *facts.snapshot->in_grace);
  EXPECT_EQ(status["exports_missing"], (Json{"3 (/three)", "4 (/four)"}));
  EXPECT_EQ(status["statistics"].size(), facts.snapshot->stats->size());
  EXPECT_EQ(status["statistics"][2]["since"], 1795422790.5);
  for (const std::size_t off_or_unknown : {0, 1})
    EXPECT_EQ(status["statistics"][off_or_unknown]["since"], nullptr) << off_or_unknown;
  EXPECT_EQ(status["exporter"], (Json{{"version", "1.2.3"},
                                      {"revision", "abcdef0"},
                                      {"dbus_connected", true},
                                      {"suspended_methods", {"ExportMgr.ShowExports"}},
                                      {"poll_interval", 5.0},
                                      {"last_poll", 1795423000.0},
                                      {"poll_duration", 0.015},
                                      {"last_fetch", 1795422980.0}}));
  EXPECT_EQ(status["collectors"].size(), collectors.size());
  EXPECT_EQ(status["collectors"][0],
            (Json{{"name", "server"}, {"supported", true}, {"success", true}, {"duration", 0.005}}));
}

TEST_F(StatusAsJson, NamesTheSignsOfLife) {
  take(everything_measured());
  EXPECT_EQ(json()["signs_of_life"],
            Json::array({{{"source", "heartbeat"}, {"address", nullptr}, {"seen", true}}}));
  facts.live = busless_live(facts.snapshot);
  const auto status = json();
  EXPECT_EQ(status["signs_of_life"],
            Json::array({{{"source", "null_call"}, {"address", "192.0.2.1:2049"}, {"seen", true}}}));
  for (const auto* unknown : {"heartbeats", "last_beat"}) EXPECT_EQ(status[unknown], nullptr) << unknown;
  EXPECT_EQ(status["exporter"]["dbus_connected"], nullptr);
}

TEST_F(StatusAsJson, ListsExportsAndClients) {
  take(everything_measured());
  const auto status =
      json({{SortKey::name, Order::ascending, "", 1, 20}, {SortKey::name, Order::ascending, "10.", 4, 20}});
  const auto& exports = status["exports"];
  EXPECT_EQ(exports["known"], 2);
  EXPECT_EQ(exports["rows"].size(), 2U);
  const auto& row = exports["rows"][0];
  for (const auto* figure : {"read_bytes", "written_bytes", "reads", "writes", "errors"})
    EXPECT_EQ(row[figure], 0.0) << figure;
  EXPECT_EQ(row["latency"], nullptr) << "no operations, no latency";
  EXPECT_EQ(row["id"], "1");
  EXPECT_TRUE(row["path"].is_string());
  EXPECT_FALSE(row.contains("client"));
  EXPECT_EQ(row["history"], Json::array({0}));
  auto clients = status["clients"];
  EXPECT_EQ(clients["rows"][0]["client"], "10.0.0.1");
  EXPECT_EQ(clients["rows"][0]["last_activity"], 1795423000.0) << "to the millisecond";
  clients.erase("rows");
  EXPECT_EQ(clients, (Json{{"known", 7},
                           {"matched", 1},
                           {"page", 1},
                           {"pages", 1},
                           {"per_page", 20},
                           {"sort", "name"},
                           {"order", "asc"},
                           {"filter", "10."}}));
}

TEST_F(StatusAsJson, KnowsNothingOfAServerThatIsDown) {
  facts.live = down_live(nullptr);
  facts.why_down = "NFS-Ganesha is not on the bus";
  const auto status = json();
  EXPECT_EQ(status["up"], false);
  EXPECT_EQ(status["state"], "down: NFS-Ganesha is not on the bus");
  for (const auto* unknown : {"since", "since_kind", "version", "in_grace", "exports_missing"})
    EXPECT_EQ(status[unknown], nullptr) << unknown;
  EXPECT_EQ(status["exporter"]["last_poll"], nullptr);
  EXPECT_EQ(status["totals"]["read_bytes"], nullptr);
  for (const auto* table : {"exports", "clients"}) {
    EXPECT_EQ(status[table]["known"], nullptr);
    EXPECT_EQ(status[table]["rows"], Json::array());
  }
}

TEST_F(StatusAsJson, HasNoRatesWhereNothingIsCounted) {
  take(statistics_off());
  const auto row = json()["exports"]["rows"][0];
  EXPECT_EQ(row["read_bytes"], nullptr);
  EXPECT_EQ(row["protocols"], Json::array());
}

TEST_F(StatusAsJson, HasAPositiveHistoryHoweverManyBytesWereCounted) {
  auto none = everything_measured();
  none.export_io->rows = {{0, "NFSv3", {}, {}}};
  auto most = none;
  most.export_io->rows.each_value(
      [](IoRow& row) { row.read.transferred_bytes = std::numeric_limits<std::uint64_t>::max(); });
  const auto now = [](std::chrono::milliseconds time) { return ganesha::dbus::TimePoint(time); };
  tracker.update(std::make_shared<const Snapshot>(none), now(std::chrono::seconds(1)), 1);
  facts.snapshot = std::make_shared<const Snapshot>(most);
  facts.live = usual_live(facts.snapshot);
  tracker.update(facts.snapshot, now(std::chrono::milliseconds(1001)), 1);
  EXPECT_GT(json()["totals"]["history"][0], 1e21);
}

TEST_F(StatusAsJson, StaysJsonWhateverAPathIs) {
  auto odd = odd_labels();
  odd.exports->front().path = "/\xff\"\\\n<b>";
  take(std::move(odd));
  EXPECT_EQ(json({{SortKey::name, Order::ascending, "<b>", 1, 20}, {}})["exports"]["rows"][0]["path"],
            "/\xEF\xBF\xBD\"\\\n<b>");
}

}  // namespace
