// A server may repeat any name in any reply: no series stands twice on the page all the same.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "exporter/metrics/metric_table.hpp"
#include "snapshots.hpp"

namespace {

using namespace ganesha::exporter;
using namespace ganesha::test;
using prometheus::ClientMetric;

// As collectors put rows into the snapshot, each of them twice.
template <class Row>
void repeat(UniqueRows<Row>& rows) {
  std::vector<Row> twice;
  for (const auto& row : rows) twice.insert(twice.end(), {row, row});
  rows = std::move(twice);
}

Snapshot with_every_name_twice(Snapshot snapshot) {
  const auto repeat_all = [](auto&... rows) { (repeat(*rows), ...); };
  repeat_all(snapshot.stats, snapshot.export_other, snapshot.client_other, snapshot.export_layouts,
             snapshot.client_layouts, snapshot.delegations, snapshot.client_procedures, snapshot.operations,
             snapshot.procedures, snapshot.timed_procedures, snapshot.auth, snapshot.memory);
  repeat(snapshot.export_io->rows);
  repeat(snapshot.client_io->rows);
  repeat(snapshot.fsal->operations);
  return snapshot;
}

std::string labels_of(const ClientMetric& metric) {
  std::string text;
  for (const auto& label : metric.label) text += label.name + "=" + label.value + "\n";
  return text;
}

double value_of(const ClientMetric& metric) { return metric.counter.value + metric.gauge.value; }

std::map<std::string, double> series_of(const SnapshotRow& row, const Snapshot& snapshot) {
  std::map<std::string, double> series;
  for (const auto& metric : collect(row, snapshot).metric)
    EXPECT_TRUE(series.emplace(labels_of(metric), value_of(metric)).second) << row.name << " twice";
  return series;
}

TEST(ARepeatedName, MakesNoSeriesTwiceInAnyFamily) {
  const auto once = everything_measured();
  const auto twice = with_every_name_twice(once);
  for (const auto& row : ganesha_rows())
    EXPECT_EQ(series_of(row, twice).size(), series_of(row, once).size()) << row.name;
}

TEST(ARepeatedName, AddsUpCountersAndLeavesGauges) {
  const auto once = everything_measured();
  const auto twice = with_every_name_twice(once);
  for (const auto& row : ganesha_rows()) {
    const double factor = row.type == counter && !row.labels.empty() ? 2 : 1;
    const auto before = series_of(row, once);
    for (const auto& [labels, value] : series_of(row, twice))
      EXPECT_DOUBLE_EQ(value, factor * before.at(labels)) << row.name << labels;
  }
}

TEST(ARepeatedName, KeepsTheLeastMinimumAndTheGreatestMaximum) {
  UniqueRows<TimedRow> rows({{"NFSv3", {"READ", 1, 2, 3, {10, 0.2, 0.3}}},
                             {"NFSv3", {"READ", 10, 20, {}, {20, 0.1, 0.4}}},
                             {"NFSv4", {"READ", 100, 200, {}, {30, 0, 0}}}});
  ASSERT_EQ(rows.size(), 2U);
  const auto& read = rows[0].procedure;
  EXPECT_EQ(read.calls, 11U);
  EXPECT_EQ(read.errors, 22U);
  EXPECT_EQ(read.duplicates, 3U);
  EXPECT_EQ(read.latency.sum_ns, 30U);
  EXPECT_DOUBLE_EQ(read.latency.min_seconds, 0.1);
  EXPECT_DOUBLE_EQ(read.latency.max_seconds, 0.4);
}

TEST(ARepeatedName, OfAStatisticMeansThatItIsOnIfItIsOnce) {
  UniqueRows<SwitchRow> rows({{"nfs", false, {}}, {"nfs", true, {5, 6}}});
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_TRUE(rows[0].enabled);
  EXPECT_EQ(rows[0].since.seconds, 5U);
}

}  // namespace
