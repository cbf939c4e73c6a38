// Golden pages: tests/fixtures/pages/SCENARIO.txt and SCENARIO.openmetrics.txt. UPDATE_GOLDEN=1 in the
// environment writes them anew.
#include "exporter/metrics/page_cache.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdlib>
#include <fstream>
#include <future>

#include "exporter/metrics/exporter_metrics.hpp"
#include "inflate.hpp"
#include "snapshots.hpp"
#include "wire_message.hpp"

namespace {

using namespace ganesha::exporter;
using namespace ganesha::test;
namespace asio = boost::asio;

CollectorSet all_collectors() { return ~CollectorSet(); }

CollectorSet only(std::string_view name) {
  CollectorSet set;
  for (std::size_t i = 0; i < collectors.size(); ++i) set[i] = collectors[i].name == name;
  return set;
}

std::string joined(const std::vector<Chunk>& chunks) {
  std::string text;
  for (const auto& chunk : chunks) text += *chunk;
  return text;
}

PageCache::Collectables own_metrics() {
  // One label a family: prometheus-cpp gives several in no fixed order.
  ExporterMetrics self;
  for (int i = 0; i < 3; ++i) self.count_poll();
  self.count_call("ok");
  self.count_request(200);
  return {self.collectable()};
}

class APage : public testing::Test {
 protected:
  std::vector<Chunk> chunks(const SnapshotPtr& snapshot, const ScrapeState& live, PageRequest request = {}) {
    if (request.collectors.none()) request.collectors = all_collectors();
    auto page = asio::co_spawn(loop, pages.page(snapshot, live, request), asio::use_future);
    loop.restart();
    loop.run();
    return page.get();
  }

  std::string text(const SnapshotPtr& snapshot, const ScrapeState& live, PageRequest request = {}) {
    return joined(chunks(snapshot, live, request));
  }

  asio::io_context loop;
  PageCache pages{loop.get_executor(), own_metrics()};
};

// ---- golden pages ----

struct Scenario {
  const char* name;
  SnapshotPtr snapshot;
  ScrapeState live;
  CollectorSet collectors = all_collectors();
};

SnapshotPtr share(Snapshot snapshot) { return std::make_shared<Snapshot>(std::move(snapshot)); }

Scenario running(const char* name, Snapshot snapshot) {
  const auto shared = share(std::move(snapshot));
  return {name, shared, usual_live(shared)};
}

Scenario only_exports() {
  auto scenario = running("only_exports", everything_measured());
  scenario.collectors = only("exports");
  return scenario;
}

Scenario before_the_first_poll() {
  auto live = down_live(nullptr);
  live.heartbeats = 0;
  live.last_heartbeat.reset();
  return {"before_the_first_poll", nullptr, live};
}

std::vector<Scenario> scenarios() {
  return {running("recorded_server", recorded_server("4.3")),
          running("everything_measured", everything_measured()),
          running("statistics_off", statistics_off()),
          running("odd_labels", odd_labels()),
          running("nothing_measured", nothing_measured()),
          only_exports(),
          {"ganesha_down", nullptr, down_live(share(everything_measured()))},
          before_the_first_poll()};
}

void expect_golden(const std::string& file, const std::string& page) {
  const auto path = fixtures() / "pages" / file;
  if (std::getenv("UPDATE_GOLDEN")) std::ofstream(path, std::ios::binary) << page;
  EXPECT_EQ(read_file(path), page) << file << " differs; UPDATE_GOLDEN=1 writes it anew";
}

TEST_F(APage, EqualsItsGoldenPageInEveryScenario) {
  for (const auto& [name, snapshot, live, wanted] : scenarios()) {
    expect_golden(std::string(name) + ".txt", text(snapshot, live, {Format::text, false, wanted}));
    expect_golden(std::string(name) + ".openmetrics.txt",
                  text(snapshot, live, {Format::openmetrics, false, wanted}));
  }
}

TEST_F(APage, IsTheSameCompressedInEveryScenario) {
  for (const auto& [name, snapshot, live, wanted] : scenarios())
    for (const auto format : {Format::text, Format::openmetrics}) {
      const auto plain = text(snapshot, live, {format, false, wanted});
      EXPECT_EQ(inflate_gzip(text(snapshot, live, {format, true, wanted})), plain) << name;
    }
}

// ---- what the golden pages do not show ----

bool holds(const std::string& page, const std::string& part) { return page.find(part) != page.npos; }

// How many chunks of `others` are the very same object as one of `page`.
std::size_t shared(const std::vector<Chunk>& page, const std::vector<Chunk>& others) {
  std::size_t count = 0;
  for (const auto& chunk : others) count += static_cast<std::size_t>(std::ranges::count(page, chunk));
  return count;
}

TEST_F(APage, SharesItsChunksWithTheNextOfTheSameSnapshot) {
  const auto snapshot = share(everything_measured());
  const auto live = usual_live(snapshot);
  const auto first = chunks(snapshot, live), second = chunks(snapshot, live);
  ASSERT_GT(first.size(), 20U);
  ASSERT_EQ(first.size(), second.size());
  EXPECT_EQ(shared(first, second), first.size() - 1) << "all but the live part";
}

TEST_F(APage, SharesCompressedChunksToo) {
  const auto snapshot = share(everything_measured());
  const auto live = usual_live(snapshot);
  const PageRequest request{Format::openmetrics, true, all_collectors()};
  const auto first = chunks(snapshot, live, request), second = chunks(snapshot, live, request);
  ASSERT_EQ(first.size(), second.size());
  EXPECT_EQ(shared(first, second), first.size() - 3) << "all but header, live part and trailer";
}

TEST_F(APage, SharesChunksWithOneThatWantsFewerCollectors) {
  const auto snapshot = share(everything_measured());
  const auto live = usual_live(snapshot);
  const auto whole = chunks(snapshot, live);
  const auto part = chunks(snapshot, live, {Format::text, false, only("clients")});
  EXPECT_LT(part.size(), whole.size());
  EXPECT_EQ(shared(whole, part), part.size() - 1);
}

TEST_F(APage, SharesNothingWithAnotherSnapshotOrFormat) {
  const auto one = share(everything_measured()), other = share(everything_measured());
  const auto live = usual_live(one);
  const auto first = chunks(one, live);
  EXPECT_EQ(shared(first, chunks(one, live, {Format::openmetrics, false, all_collectors()})), 0U);
  EXPECT_EQ(shared(first, chunks(other, live)), 0U);
  EXPECT_EQ(shared(first, chunks(one, live)), 0U) << "only the latest snapshot is kept";
}

TEST_F(APage, ForgetsASnapshotThatIsNoLongerShown) {
  auto snapshot = share(everything_measured());
  const std::weak_ptr<const Snapshot> watched = snapshot;
  auto live = usual_live(nullptr);
  (void)chunks(snapshot, live);
  snapshot.reset();
  EXPECT_FALSE(watched.expired());
  (void)chunks(nullptr, live);
  EXPECT_TRUE(watched.expired());
}

TEST_F(APage, TellsTheLivePartAnewEachTime) {
  const auto snapshot = share(everything_measured());
  auto live = usual_live(snapshot);
  EXPECT_TRUE(holds(text(snapshot, live), "\nganesha_heartbeats_total 42\n"));
  live.heartbeats = 43;
  EXPECT_TRUE(holds(text(snapshot, live), "\nganesha_heartbeats_total 43\n"));
}

TEST_F(APage, OfAServerThatIsGoneHoldsNothingOfIt) {
  const auto last = share(everything_measured());
  const auto page = text(nullptr, down_live(last));
  EXPECT_TRUE(holds(page, "\nganesha_up 0\n"));
  EXPECT_TRUE(holds(page, "\nganesha_exporter_polls_total 3\n"));
  for (const auto* stale : {"ganesha_export_", "ganesha_client", "ganesha_exports", "ganesha_info",
                            "ganesha_in_grace", "ganesha_stats_"})
    EXPECT_FALSE(holds(page, std::string("\n") + stale)) << stale;
}

TEST_F(APage, EndsOpenMetricsOnce) {
  const auto snapshot = share(everything_measured());
  const auto page = text(snapshot, usual_live(snapshot), {Format::openmetrics, false, all_collectors()});
  EXPECT_TRUE(page.ends_with("\n# EOF\n"));
  EXPECT_EQ(page.find("# EOF"), page.rfind("# EOF"));
  EXPECT_FALSE(holds(text(snapshot, usual_live(snapshot)), "# EOF"));
}

}  // namespace
