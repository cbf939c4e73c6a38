#include "exporter/metrics/metric_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "exporter/metrics/exporter_metrics.hpp"
#include "exporter/metrics/process_metrics.hpp"
#include "exporter/metrics/supervisor_metrics.hpp"
#include "exporter/model/built_in_families.hpp"
#include "snapshots.hpp"

namespace {

using namespace ganesha::exporter;
using namespace ganesha::test;
using prometheus::MetricFamily;
using prometheus::MetricType;

struct Described {
  std::string name;
  MetricType type;
  std::string source, since;
};

// Every row, whatever its values come from.
std::vector<Described> all_rows() {
  std::vector<Described> rows;
  const auto add = [&](const auto& table) {
    for (const auto& row : table)
      rows.push_back({row.name, row.type, std::string(row.origin.source), std::string(row.origin.since)});
  };
  add(ganesha_rows());
  add(scrape_rows());
  add(supervisor_rows());
  add(server_process_rows());
  return rows;
}

Snapshot everything() { return with_built_in_page(everything_measured(), {"15.2", "16"}); }

// Every family of a server that reports everything.
std::vector<MetricFamily> all_families() {
  const auto snapshot = std::make_shared<Snapshot>(everything());
  std::vector<MetricFamily> families;
  for (const auto& row : ganesha_rows()) families.push_back(collect(row, *snapshot));
  for (const auto& row : scrape_rows()) families.push_back(collect(row, usual_live(snapshot)));
  ExporterMetrics self;
  self.count_call("ok");
  for (auto& family : self.collectable()->Collect()) families.push_back(std::move(family));
  return families;
}

MetricFamily family(std::string_view name, const Snapshot& snapshot) {
  for (const auto& row : ganesha_rows())
    if (row.name == name) return collect(row, snapshot);
  throw std::invalid_argument(std::string(name));
}

MetricFamily family(std::string_view name, const ScrapeState& state) {
  for (const auto& row : scrape_rows())
    if (row.name == name) return collect(row, state);
  throw std::invalid_argument(std::string(name));
}

using Samples = std::map<std::string, double>;

// Label values joined by blanks, and the value.
Samples samples(const MetricFamily& family) {
  Samples out;
  for (const auto& metric : family.metric) {
    std::string labels;
    for (const auto& label : metric.label) labels += (labels.empty() ? "" : " ") + label.value;
    out[labels] = family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value;
  }
  return out;
}

bool snake_case(std::string_view text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == text.npos;
}

std::set<std::string> words(const std::string& name) {
  std::set<std::string> out;
  for (std::size_t at = 0, end; at <= name.size(); at = end + 1) {
    end = std::min(name.find('_', at), name.size());
    out.insert(name.substr(at, end - at));
  }
  return out;
}

TEST(MetricTable, HasARowForEachMetric) {
  EXPECT_GE(ganesha_rows().size(), 70U);
  EXPECT_GE(scrape_rows().size(), 11U);
}

TEST(MetricTable, NamesEveryMetricOnce) {
  std::set<std::string> names;
  for (const auto& family : all_families()) EXPECT_TRUE(names.insert(family.name).second) << family.name;
}

TEST(MetricTable, NamesMetricsInLowerCaseBehindThePrefix) {
  for (const auto& row : all_rows()) {
    EXPECT_TRUE(snake_case(row.name)) << row.name;
    EXPECT_TRUE(row.name.starts_with("ganesha_")) << row.name;
  }
}

TEST(MetricTable, EndsCountersAndNothingElseInTotal) {
  for (const auto& family : all_families())
    EXPECT_EQ(family.name.ends_with("_total"), family.type == MetricType::Counter) << family.name;
}

TEST(MetricTable, HasOnlyCountersGaugesAndHistograms) {
  const std::set<MetricType> known{MetricType::Counter, MetricType::Gauge, MetricType::Histogram};
  for (const auto& family : all_families()) EXPECT_TRUE(known.contains(family.type)) << family.name;
}

TEST(MetricTable, HasNoGaugeThatOpenMetricsWouldReadAsACounter) {
  std::set<std::string> names;
  for (const auto& family : all_families()) names.insert(family.name);
  for (const auto& name : names) EXPECT_FALSE(names.contains(name + "_total")) << name;
}

TEST(MetricTable, UsesBaseUnitsOnly) {
  const std::set<std::string> forbidden{"ms",          "us",      "ns",       "milliseconds", "microseconds",
                                        "nanoseconds", "minutes", "hours",    "days",         "kilobytes",
                                        "megabytes",   "kb",      "mb",       "kib",          "mib",
                                        "bits",        "blocks",  "pages",    "percent",      "percents",
                                        "millis",      "nanos",   "ratio100", "sec",          "secs"};
  for (const auto& family : all_families())
    for (const auto& word : words(family.name)) EXPECT_FALSE(forbidden.contains(word)) << family.name;
}

TEST(MetricTable, PutsTheUnitAtTheEndOfTheName) {
  for (const auto& row : all_rows()) {
    std::string name = row.name;
    if (row.type == MetricType::Counter) name.resize(name.size() - std::string_view("_total").size());
    for (const std::string unit : {"seconds", "bytes"})
      EXPECT_EQ(words(name).contains(unit), name.ends_with("_" + unit)) << row.name;
  }
}

TEST(MetricTable, NamesTimestampsByTheirKind) {
  for (const auto& row : all_rows())
    EXPECT_EQ(words(row.name).contains("timestamp"), row.name.ends_with("_timestamp_seconds")) << row.name;
}

TEST(MetricTable, ExplainsEveryMetricInASentence) {
  for (const auto& family : all_families()) {
    EXPECT_GT(family.help.size(), 10U) << family.name;
    EXPECT_TRUE(family.help.ends_with('.')) << family.name;
    EXPECT_EQ(family.help.find('\n'), std::string::npos) << family.name;
  }
}

TEST(MetricTable, NamesTheCollectorsOfEveryRowOfAPoll) {
  for (const auto& row : ganesha_rows()) EXPECT_TRUE(row.origin.collectors.any()) << row.name;
  for (const auto& row : scrape_rows()) EXPECT_TRUE(row.origin.collectors.none()) << row.name;
}

TEST(MetricTable, HasRowsForEveryCollector) {
  for (const auto& collector : collectors) {
    const auto its = [&](const auto& row) { return row.origin.collectors[index_of(collector.id)]; };
    // 9P is in the rows of exports and clients.
    EXPECT_EQ(std::ranges::any_of(ganesha_rows(), its), collector.id != CollectorId::ninep) << collector.name;
  }
}

TEST(MetricTable, SaysWhereEveryMetricComesFromAndSinceWhen) {
  for (const auto& row : all_rows()) {
    EXPECT_FALSE(row.source.empty()) << row.name;
    EXPECT_FALSE(row.since.empty()) << row.name;
    if (row.name.starts_with("ganesha_exporter_")) {
      EXPECT_EQ(row.source, "exporter") << row.name;
      EXPECT_EQ(row.since, any_version) << row.name;
    }
  }
}

TEST(MetricTable, MakesTheMetricsOfExportsAndOfClientsFromTheSameRows) {
  std::map<std::string, const SnapshotRow*> rows;
  for (const auto& row : ganesha_rows()) rows[row.name] = &row;
  for (const std::string name :
       {"requested_bytes_total", "operation_latency_seconds_total", "last_activity_timestamp_seconds",
        "other_operations_total", "layout_operation_delays_total"}) {
    const auto* exports = rows.at("ganesha_export_" + name);
    const auto* clients = rows.at("ganesha_client_" + name);
    EXPECT_EQ(exports->help, clients->help);
    EXPECT_EQ(exports->labels.substr(std::string_view("export_id, path").size()),
              clients->labels.substr(std::string_view("client").size()));
  }
}

TEST(MetricTable, UsesNoLabelThatPrometheusReserves) {
  const std::set<std::string> forbidden{"type", "cluster",  "service", "env",
                                        "job",  "instance", "le",      "quantile"};
  for (const auto& family : all_families())
    for (const auto& metric : family.metric)
      for (const auto& label : metric.label) {
        EXPECT_TRUE(snake_case(label.name)) << family.name << ' ' << label.name;
        EXPECT_FALSE(label.name.starts_with("__")) << family.name << ' ' << label.name;
        EXPECT_FALSE(forbidden.contains(label.name)) << family.name << ' ' << label.name;
      }
}

TEST(MetricTable, GivesEverySampleOfAFamilyTheSameLabelNames) {
  for (const auto& family : all_families()) {
    std::set<std::vector<std::string>> names;
    for (const auto& metric : family.metric) {
      std::vector<std::string> labels;
      for (const auto& label : metric.label) labels.push_back(label.name);
      names.insert(labels);
    }
    EXPECT_LE(names.size(), 1U) << family.name;
  }
}

TEST(MetricTable, NamesTheLabelsOfItsSamples) {
  const auto snapshot = std::make_shared<Snapshot>(everything());
  const auto check = [](const auto& row, const auto& facts) {
    std::string names;
    const auto collected = collect(row, facts);
    for (const auto& label : collected.metric.at(0).label) names += (names.empty() ? "" : ", ") + label.name;
    EXPECT_EQ(names, row.labels) << row.name;
  };
  for (const auto& row : ganesha_rows()) check(row, *snapshot);
  for (const auto& row : scrape_rows()) check(row, usual_live(snapshot));
}

TEST(MetricTable, HasNoSeriesTwice) {
  for (const auto& family : all_families())
    EXPECT_EQ(samples(family).size(), family.metric.size()) << family.name;
}

TEST(MetricTable, HasSamplesInEveryRow) {
  for (const auto& family : all_families()) EXPECT_FALSE(family.metric.empty()) << family.name;
}

TEST(MetricTable, HasNoSamplesOfWhatThePollDidNotFind) {
  for (const auto& row : ganesha_rows()) EXPECT_TRUE(collect(row, Snapshot{}).metric.empty()) << row.name;
}

// ---- values, by hand ----

Snapshot one_of_each() {
  Snapshot snapshot;
  snapshot.exports = {{"7", "/seven", ganesha::dbus::Timestamp{10, 500000000}, std::nullopt}};
  snapshot.clients = {{"10.0.0.1", std::nullopt, ganesha::dbus::ClientState{1, 2, 3}}};
  IoTable table;
  table.rows = {{0, "NFSv3", {1, 2, 3, 4, 5, 6}, {11, 12, 13, 14, 1500000000, 16}}};
  table.read = table.write = {true, true, true};
  snapshot.export_io = snapshot.client_io = table;
  return snapshot;
}

TEST(MetricTable, ServesEachValueUnderItsName) {
  const auto snapshot = one_of_each();
  const auto of = [&](const char* name) { return samples(family(name, snapshot)); };
  const auto row = [](double read, double write) {
    return Samples{{"7 /seven NFSv3 read", read}, {"7 /seven NFSv3 write", write}};
  };
  EXPECT_EQ(of("ganesha_export_requested_bytes_total"), row(1, 11));
  EXPECT_EQ(of("ganesha_export_transferred_bytes_total"), row(2, 12));
  EXPECT_EQ(of("ganesha_export_operations_total"), row(3, 13));
  EXPECT_EQ(of("ganesha_export_operation_errors_total"), row(4, 14));
  EXPECT_EQ(of("ganesha_export_operation_latency_seconds_total"), row(5e-9, 1.5));
  EXPECT_EQ(of("ganesha_export_operation_queue_wait_seconds_total"), row(6e-9, 16e-9));
  EXPECT_EQ(of("ganesha_export_last_activity_timestamp_seconds"), (Samples{{"7 /seven", 10.5}}));
}

TEST(MetricTable, ServesClientsLikeExports) {
  const auto snapshot = one_of_each();
  const auto of = [&](const char* name) { return samples(family(name, snapshot)); };
  const auto row = [](double read, double write) {
    return Samples{{"10.0.0.1 NFSv3 read", read}, {"10.0.0.1 NFSv3 write", write}};
  };
  EXPECT_EQ(of("ganesha_client_requested_bytes_total"), row(1, 11));
  EXPECT_EQ(of("ganesha_client_transferred_bytes_total"), row(2, 12));
  EXPECT_EQ(of("ganesha_client_operations_total"), row(3, 13));
  EXPECT_EQ(of("ganesha_client_operation_errors_total"), row(4, 14));
  EXPECT_EQ(of("ganesha_client_operation_latency_seconds_total"), row(5e-9, 1.5));
  EXPECT_EQ(of("ganesha_client_operation_queue_wait_seconds_total"), row(6e-9, 16e-9));
  EXPECT_EQ(of("ganesha_client_state"),
            (Samples{{"10.0.0.1 open", 1}, {"10.0.0.1 lock", 2}, {"10.0.0.1 delegation", 3}}));
  EXPECT_TRUE(of("ganesha_client_last_activity_timestamp_seconds").empty()) << "never seen";
}

TEST(MetricTable, LeavesOutADirectionThatIsNotMeasured) {
  auto snapshot = one_of_each();
  snapshot.export_io->read.requested = false;
  EXPECT_EQ(samples(family("ganesha_export_requested_bytes_total", snapshot)),
            (Samples{{"7 /seven NFSv3 write", 11}}));
  EXPECT_EQ(samples(family("ganesha_export_transferred_bytes_total", snapshot)).size(), 2U);
}

TEST(MetricTable, HasNoStartOfStatisticsThatAreOffOrWhoseStartIsUnknown) {
  const auto snapshot = everything_measured();
  EXPECT_EQ(samples(family("ganesha_stats_enabled", snapshot)),
            (Samples{{"nfs", 1}, {"fsal", 0}, {"auth", 1}}));
  EXPECT_EQ(samples(family("ganesha_stats_start_timestamp_seconds", snapshot)),
            (Samples{{"nfs", 1795422790.5}}));
}

TEST(MetricTable, HasNoSampleThatIsNoNumber) {
  auto snapshot = everything_measured();
  snapshot.timed_procedures->each_value([](TimedRow& row) {
    if (row.protocol != "NFSv3") return;
    row.procedure.latency.min_seconds = std::nan("");
    row.procedure.latency.max_seconds = std::numeric_limits<double>::infinity();
  });
  EXPECT_EQ(samples(family("ganesha_procedure_latency_min_seconds", snapshot)),
            (Samples{{"NFSv4 OPEN", 0.002}}));
  EXPECT_EQ(samples(family("ganesha_procedure_latency_max_seconds", snapshot)),
            (Samples{{"NFSv4 OPEN", 0.139}}));
}

TEST(MetricTable, ReportsWhichCollectorsSucceedAndWhichAreNotSupported) {
  auto snapshot = std::make_shared<Snapshot>(everything_measured());
  snapshot->outcomes[1].success = false;
  snapshot->outcomes[2].supported = false;
  const auto state = usual_live(snapshot);
  const std::string first(collectors[0].name), second(collectors[1].name), third(collectors[2].name);
  const auto of = [&](const char* name) { return samples(family(name, state)); };
  EXPECT_EQ(of("ganesha_exporter_collector_success")[first], 1);
  EXPECT_EQ(of("ganesha_exporter_collector_success")[second], 0);
  EXPECT_FALSE(of("ganesha_exporter_collector_success").contains(third));
  EXPECT_EQ(of("ganesha_exporter_collector_supported")[second], 1);
  EXPECT_EQ(of("ganesha_exporter_collector_supported")[third], 0);
  EXPECT_EQ(of("ganesha_exporter_collector_duration_seconds")[second], 0.005);
  EXPECT_FALSE(of("ganesha_exporter_collector_duration_seconds").contains(third));
}

TEST(MetricTable, LeavesOutDisabledCollectors) {
  auto state = usual_live(std::make_shared<Snapshot>(everything_measured()));
  state.enabled.reset(0);
  EXPECT_EQ(samples(family("ganesha_exporter_collector_success", state)).size(), collectors.size() - 1);
}

TEST(MetricTable, ReportsNoCollectorAsSuccessfulWhileGaneshaIsDown) {
  const auto state = down_live(std::make_shared<Snapshot>(everything_measured()));
  for (const auto& [name, value] : samples(family("ganesha_exporter_collector_success", state)))
    EXPECT_EQ(value, 0) << name;
  EXPECT_EQ(samples(family("ganesha_up", state)), (Samples{{"", 0}}));
}

TEST(MetricTable, NamesTheSignOfLifeByWhichTheServerIsUp) {
  const auto snapshot = std::make_shared<Snapshot>(everything_measured());
  EXPECT_EQ(samples(family("ganesha_up_source", usual_live(snapshot))), (Samples{{"heartbeat", 1}}));
  EXPECT_EQ(samples(family("ganesha_up_source", down_live(snapshot))), (Samples{{"heartbeat", 0}}));
  EXPECT_EQ(samples(family("ganesha_up_source", busless_live(snapshot))), (Samples{{"null_call", 1}}));
}

TEST(MetricTable, LeavesOutWhatComesFromTheBusWhereThereIsNone) {
  const auto state = busless_live(std::make_shared<Snapshot>(nothing_supported()));
  for (const auto* name :
       {"ganesha_heartbeats_total", "ganesha_last_heartbeat_timestamp_seconds", "ganesha_owner_changes_total",
        "ganesha_exporter_dbus_connected", "ganesha_exporter_collector_success"})
    EXPECT_TRUE(family(name, state).metric.empty()) << name;
  for (const auto& [labels, supported] : samples(family("ganesha_exporter_collector_supported", state)))
    EXPECT_EQ(supported, 0) << labels;
}

TEST(MetricTable, ReportsEveryCollectorAsUnsuccessfulBeforeTheFirstPoll) {
  const auto state = usual_live(nullptr);
  const auto success = samples(family("ganesha_exporter_collector_success", state));
  EXPECT_EQ(success.size(), collectors.size());
  for (const auto& [name, value] : success) EXPECT_EQ(value, 0) << name;
  EXPECT_TRUE(family("ganesha_exporter_poll_duration_seconds", state).metric.empty());
}

// ---- the server's own page ----

TEST(MetricTable, ShowsOfTheServersOwnPageTheExportsThatTheListOfTheBusSelects) {
  auto snapshot = with_built_in_page(everything_measured(), {"5.9"});
  const auto misses = [&] { return samples(family("ganesha_export_mdcache_misses_total", snapshot)); };
  snapshot.exports = {{"7", "/seven", std::nullopt, std::nullopt}};
  EXPECT_EQ(misses(), (Samples{{"7 /seven lookup", 10}})) << "with the path of its other metrics";
  snapshot.exports = {{"8", "/eight", std::nullopt, std::nullopt}};
  EXPECT_EQ(misses(), Samples());
  snapshot.exports.reset();
  EXPECT_EQ(misses(), Samples()) << "no export is known to be selected";
}

TEST(MetricTable, HasTheBucketsOfTheServersOwnPage) {
  const auto snapshot = with_built_in_page(everything_measured(), {"5.9"});
  const auto found = family("ganesha_procedure_duration_seconds", snapshot);
  ASSERT_EQ(found.metric.size(), 2U);
  const auto& histogram = found.metric[0].histogram;
  EXPECT_EQ(histogram.sample_count, 100U);
  EXPECT_EQ(histogram.sample_sum, 0.764);
  ASSERT_EQ(histogram.bucket.size(), 31U);
  EXPECT_EQ(histogram.bucket[0].upper_bound, 0.0001);
  EXPECT_EQ(histogram.bucket[0].cumulative_count, 90U);
  EXPECT_TRUE(std::isinf(histogram.bucket[30].upper_bound));
  EXPECT_EQ(histogram.bucket[30].cumulative_count, 100U);
}

TEST(MetricTable, ShowsTheServersOwnPageUnderTheNamesOfDbusWhereThereIsNoBus) {
  const auto snapshot = with_built_in_page(Snapshot(), {"5.9"}, BesideBus::no);
  EXPECT_EQ(samples(family("ganesha_export_transferred_bytes_total", snapshot)),
            (Samples{{"7  NFS read", 409600}, {"7  NFS write", 4096}}));
  EXPECT_EQ(samples(family("ganesha_client_transferred_bytes_total", snapshot)),
            (Samples{{"10.0.0.1 NFS read", 409600}, {"10.0.0.1 NFS write", 4096}}));
  for (const auto& row : ganesha_rows(ClientDetail::totals))
    if (row.name == "ganesha_client_transferred_bytes_total") {
      EXPECT_EQ(samples(collect(row, snapshot)), (Samples{{"10.0.0.1", 413696}}));
    }
}

TEST(MetricTable, SaysOfEachFamilyOfTheServersOwnPageWhichMetricShowsIt) {
  std::set<std::string> names;
  for (const auto& row : ganesha_rows()) names.insert(row.name);
  for (const auto& row : built_in_families())
    for (const auto name : {row.metric, row.without_bus})
      EXPECT_TRUE(name.empty() || names.contains(std::string(name))) << row.source;
}

// ---- --collector.clients.detail ----

std::map<std::string, std::string> labels_of_clients(ClientDetail detail) {
  std::map<std::string, std::string> labels;
  for (const auto& row : ganesha_rows(detail))
    if (row.name.starts_with("ganesha_client_")) {
      EXPECT_TRUE(labels.emplace(row.name, row.labels).second) << row.name << " twice";
    }
  return labels;
}

TEST(MetricTable, HasBytesAndOperationsOfClientsAtDetailIo) {
  EXPECT_EQ(labels_of_clients(ClientDetail::io),
            (std::map<std::string, std::string>{
                {"ganesha_client_transferred_bytes_total", "client, protocol, operation"},
                {"ganesha_client_operations_total", "client, protocol, operation"}}));
}

TEST(MetricTable, HasOneSeriesOfEachClientAtDetailTotals) {
  EXPECT_EQ(labels_of_clients(ClientDetail::totals),
            (std::map<std::string, std::string>{{"ganesha_client_transferred_bytes_total", "client"}}));
}

TEST(MetricTable, HasAllThatIsNotOfOneClientAtEachDetail) {
  const auto others = [](ClientDetail detail) {
    std::vector<std::string> names;
    for (const auto& row : ganesha_rows(detail))
      if (!row.name.starts_with("ganesha_client_")) names.push_back(row.name);
    return names;
  };
  EXPECT_EQ(others(ClientDetail::io), others(ClientDetail::full));
  EXPECT_EQ(others(ClientDetail::totals), others(ClientDetail::full));
}

TEST(MetricTable, SumsTheBytesOfAllProtocolsAndDirectionsAtDetailTotals) {
  auto snapshot = one_of_each();
  snapshot.clients->push_back({"10.0.0.2", std::nullopt, std::nullopt});
  snapshot.clients->push_back({"10.0.0.3", std::nullopt, std::nullopt});
  auto& rows = snapshot.client_io->rows;
  rows.add({{0, "NFSv41", {0, 100, 0, 0, 0, 0}, {0, 1000, 0, 0, 0, 0}}});
  rows.add({{2, "NFSv3", {0, 7, 0, 0, 0, 0}, {}}});
  for (const auto& row : ganesha_rows(ClientDetail::totals))
    if (row.name == "ganesha_client_transferred_bytes_total") {
      EXPECT_EQ(samples(collect(row, snapshot)), (Samples{{"10.0.0.1", 1114}, {"10.0.0.3", 7}}));
    }
}

TEST(MetricTable, NamesTheCollectorsThatServeNothingAtADetail) {
  const auto useless =
      set_of({CollectorId::client_ops, CollectorId::client_procedures, CollectorId::delegations});
  EXPECT_EQ(useful_collectors(ClientDetail::full), ~CollectorSet());
  EXPECT_EQ(useful_collectors(ClientDetail::io), ~useless);
  EXPECT_EQ(useful_collectors(ClientDetail::totals), ~useless);
}

TEST(MetricTable, NamesTheCollectorsThatServeClientsAtADetail) {
  EXPECT_TRUE(collectors_of_clients(ClientDetail::full)[index_of(CollectorId::layouts)]);
  EXPECT_EQ(collectors_of_clients(ClientDetail::io), set_of({CollectorId::clients}));
  EXPECT_EQ(collectors_of_clients(ClientDetail::totals), set_of({CollectorId::clients}));
}

}  // namespace
