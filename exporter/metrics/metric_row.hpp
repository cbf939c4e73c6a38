// One metric: its description, and the function that reads its samples. Every metric but the counters of
// exporter_metrics.hpp is a row of this type, so that page and reference are made from the same rows.
#pragma once

#include <prometheus/metric_family.h>
#include <prometheus/metric_type.h>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/metrics/samples.hpp"
#include "exporter/model/collectors.hpp"
#include "exporter/model/scrape_state.hpp"
#include "exporter/model/snapshot.hpp"

namespace ganesha::exporter {

inline constexpr auto counter = prometheus::MetricType::Counter;
inline constexpr auto gauge = prometheus::MetricType::Gauge;

// Where values come from.
struct Origin {
  CollectorSet collectors;  // those that provide it; none: it does not come from a poll
  std::string_view source;  // DBus methods, property or signal, or the part of this machine that reports it
  std::string_view since;   // the first Ganesha that reports it
};

inline constexpr std::string_view any_version = "any";

template <class Facts>
struct MetricRow {
  std::string name;  // in full: counters end in _total, the unit is in the name
  prometheus::MetricType type;
  Origin origin;
  std::string labels;  // their names, separated by ", "
  std::string_view help;
  std::function<void(const Facts&, Samples&)> samples;  // adds nothing where the facts do not have it
};

using SnapshotRow = MetricRow<Snapshot>;
using SnapshotRows = std::vector<SnapshotRow>;
using ScrapeRows = std::vector<MetricRow<ScrapeState>>;

// The family of one row, without samples where the facts have none.
template <class Facts>
prometheus::MetricFamily collect(const MetricRow<Facts>& row, const Facts& facts) {
  Samples samples(row.type);
  row.samples(facts, samples);
  return {row.name, std::string(row.help), row.type, std::move(samples).take()};
}

// The families of these rows that have samples.
template <class Facts>
std::vector<prometheus::MetricFamily> collect_all(const std::vector<MetricRow<Facts>>& rows,
                                                  const Facts& facts) {
  std::vector<prometheus::MetricFamily> all;
  for (const auto& row : rows)
    if (auto family = collect(row, facts); !family.metric.empty()) all.push_back(std::move(family));
  return all;
}

}  // namespace ganesha::exporter
