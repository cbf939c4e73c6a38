// Golden pages: tests/fixtures/pages/SCENARIO.txt and SCENARIO.openmetrics.txt. UPDATE_GOLDEN=1 in the
// environment regenerates them.
#include "exporter/metrics/page_cache.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdlib>
#include <fstream>
#include <future>
#include <optional>
#include <utility>

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
  // One label per family: prometheus-cpp has no fixed order of several.
  ExporterMetrics self;
  for (int i = 0; i < 3; ++i) self.count_poll();
  self.count_call("ok");
  self.count_request(200);
  return {self.collectable()};
}

struct Scenario {
  const char* name;
  SnapshotPtr snapshot;
  ScrapeState state;
  CollectorSet collectors = all_collectors();
  PageContent content = {};
};

class APage : public testing::Test {
 protected:
  std::vector<Chunk> chunks(const SnapshotPtr& snapshot, const ScrapeState& state, PageRequest request = {}) {
    if (request.collectors.none()) request.collectors = all_collectors();
    auto page = asio::co_spawn(loop, pages->page(snapshot, state, request), asio::use_future);
    loop.restart();
    loop.run();
    return page.get();
  }

  std::string text(const SnapshotPtr& snapshot, const ScrapeState& state, PageRequest request = {}) {
    return joined(chunks(snapshot, state, request));
  }

  // For a scenario: with its content.
  std::string text(const Scenario& one, Format format, bool gzip = false) {
    pages.emplace(loop.get_executor(), own_metrics(), one.content);
    return text(one.snapshot, one.state, {format, gzip, one.collectors});
  }

  asio::io_context loop;
  std::optional<PageCache> pages{std::in_place, loop.get_executor(), own_metrics()};
};

// ---- golden pages ----

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

Scenario built_in(const char* name, const std::vector<std::string>& pages) {
  auto scenario = running(name, with_built_in_page(everything_measured(), pages));
  scenario.collectors = only("built_in");
  return scenario;
}

Scenario without_bus() {
  auto snapshot = with_built_in_page(Snapshot(), {"6.2"}, BesideBus::no);
  snapshot.outcomes[index_of(CollectorId::built_in)].success = true;
  return running("without_bus", std::move(snapshot));
}

Scenario with_content(const char* name, PageContent content) {
  auto scenario = running(name, everything_measured());
  scenario.content = content;
  return scenario;
}

Scenario before_the_first_poll() {
  auto state = down_live(nullptr);
  state.heartbeats = 0;
  state.last_heartbeat.reset();
  return {"before_the_first_poll", nullptr, state};
}

std::vector<Scenario> scenarios() {
  return {running("recorded_2_8", recorded_server("2.8")),
          running("recorded_server", recorded_server("4.3")),
          running("recorded_5_9", recorded_server("5.9")),
          running("everything_measured", everything_measured()),
          built_in("built_in_15_2", {"15.2", "16"}),
          built_in("built_in_5_9", {"5.9"}),
          built_in("built_in_6_2", {"6.2"}),
          without_bus(),
          running("statistics_off", statistics_off()),
          running("odd_labels", odd_labels()),
          running("nothing_measured", nothing_measured()),
          only_exports(),
          with_content("clients_io", {ClientDetail::io, false}),
          with_content("clients_totals", {ClientDetail::totals, false}),
          with_content("created_timestamps", {ClientDetail::full, true}),
          {"ganesha_down", nullptr, down_live(share(everything_measured()))},
          before_the_first_poll()};
}

void expect_golden(const std::string& file, const std::string& page) {
  const auto path = fixtures() / "pages" / file;
  if (std::getenv("UPDATE_GOLDEN")) std::ofstream(path, std::ios::binary) << page;
  EXPECT_EQ(read_file(path), page) << file << " differs; UPDATE_GOLDEN=1 regenerates it";
}

TEST_F(APage, EqualsItsGoldenPageInEveryScenario) {
  for (const auto& one : scenarios()) {
    expect_golden(std::string(one.name) + ".txt", text(one, Format::text));
    expect_golden(std::string(one.name) + ".openmetrics.txt", text(one, Format::openmetrics));
  }
}

TEST_F(APage, IsTheSameWhenCompressedInEveryScenario) {
  for (const auto& one : scenarios())
    for (const auto format : {Format::text, Format::openmetrics})
      EXPECT_EQ(inflate_gzip(text(one, format, true)), text(one, format)) << one.name;
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
  const auto state = usual_live(snapshot);
  const auto first = chunks(snapshot, state), second = chunks(snapshot, state);
  ASSERT_GT(first.size(), 20U);
  ASSERT_EQ(first.size(), second.size());
  EXPECT_EQ(shared(first, second), first.size() - 1) << "all but the scrape state";
}

TEST_F(APage, SharesCompressedChunksToo) {
  const auto snapshot = share(everything_measured());
  const auto state = usual_live(snapshot);
  const PageRequest request{Format::openmetrics, true, all_collectors()};
  const auto first = chunks(snapshot, state, request), second = chunks(snapshot, state, request);
  ASSERT_EQ(first.size(), second.size());
  EXPECT_EQ(shared(first, second), first.size() - 3) << "all but header, scrape state and trailer";
}

TEST_F(APage, SharesChunksWithAPageOfFewerCollectors) {
  const auto snapshot = share(everything_measured());
  const auto state = usual_live(snapshot);
  const auto whole = chunks(snapshot, state);
  const auto part = chunks(snapshot, state, {Format::text, false, only("clients")});
  EXPECT_LT(part.size(), whole.size());
  EXPECT_EQ(shared(whole, part), part.size() - 1);
}

TEST_F(APage, SharesNothingWithAnotherSnapshotOrFormat) {
  const auto one = share(everything_measured()), other = share(everything_measured());
  const auto state = usual_live(one);
  const auto first = chunks(one, state);
  EXPECT_EQ(shared(first, chunks(one, state, {Format::openmetrics, false, all_collectors()})), 0U);
  EXPECT_EQ(shared(first, chunks(other, state)), 0U);
  EXPECT_EQ(shared(first, chunks(one, state)), 0U) << "only the latest snapshot is kept";
}

TEST_F(APage, ReleasesASnapshotThatIsNoLongerShown) {
  auto snapshot = share(everything_measured());
  const std::weak_ptr<const Snapshot> watched = snapshot;
  auto state = usual_live(nullptr);
  (void)chunks(snapshot, state);
  snapshot.reset();
  EXPECT_FALSE(watched.expired());
  (void)chunks(nullptr, state);
  EXPECT_TRUE(watched.expired());
}

TEST_F(APage, RendersTheScrapeStateEachTime) {
  const auto snapshot = share(everything_measured());
  auto state = usual_live(snapshot);
  EXPECT_TRUE(holds(text(snapshot, state), "\nganesha_heartbeats_total 42\n"));
  state.heartbeats = 43;
  EXPECT_TRUE(holds(text(snapshot, state), "\nganesha_heartbeats_total 43\n"));
}

TEST_F(APage, OfAServerThatIsDownHasNoValuesOfIt) {
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

TEST_F(APage, HasCreatedTimestampsInOpenMetricsAloneAndOnlyIfAsked) {
  const auto snapshot = share(everything_measured());
  const auto page = [&](Format format, bool created) {
    pages.emplace(loop.get_executor(), own_metrics(), PageContent{ClientDetail::full, created});
    return text(snapshot, usual_live(snapshot), {format, false, all_collectors()});
  };
  EXPECT_EQ(page(Format::text, true), page(Format::text, false));
  EXPECT_TRUE(holds(page(Format::openmetrics, true), "_created{"));
  EXPECT_FALSE(holds(page(Format::openmetrics, false), "_created"));
}

// ---- rendering ahead ----

TEST_F(APage, IsRenderedAheadForTheNewestSnapshotOnly) {
  const auto first = share(everything_measured());
  const auto second = share(everything_measured());
  (void)text(first, usual_live(first));  // so that this format is rendered ahead
  const auto skipped = share(everything_measured());
  pages->prerender(skipped);
  pages->prerender(second);
  loop.restart();
  loop.run_one();
  EXPECT_EQ(skipped.use_count(), 1) << "a newer snapshot waits";
  loop.run();
  EXPECT_GT(second.use_count(), 1) << "the cache has its rows";
}

}  // namespace
