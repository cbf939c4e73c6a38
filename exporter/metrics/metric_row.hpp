// One metric: its description, and the function that reads its samples. Every metric but the counters of
// exporter_metrics.hpp is a row of this type, so that page and reference are made from the same rows.
#pragma once

#include <prometheus/metric_family.h>
#include <prometheus/metric_type.h>

#include <bitset>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/metrics/samples.hpp"
#include "exporter/model/collectors.hpp"
#include "exporter/model/scrape_state.hpp"
#include "exporter/model/selection.hpp"
#include "exporter/model/snapshot.hpp"
#include "exporter/model/stats_switch.hpp"

namespace ganesha::exporter {

inline constexpr auto counter = prometheus::MetricType::Counter;
inline constexpr auto gauge = prometheus::MetricType::Gauge;
inline constexpr auto histogram = prometheus::MetricType::Histogram;

// The statistic of Ganesha that counts this metric of a row.
using CountedBy = Statistic (*)(const prometheus::ClientMetric&);

template <Statistic one>
Statistic counted_by(const prometheus::ClientMetric&) {
  return one;
}

// Levels of --collector.clients.detail, by index.
using DetailLevels = std::bitset<3>;

constexpr DetailLevels levels(std::initializer_list<ClientDetail> some) {
  return bits_of<DetailLevels>(some);
}

inline constexpr auto at_each_level = levels({ClientDetail::full, ClientDetail::io, ClientDetail::totals});

// Where values come from.
struct Origin {
  CollectorSet collectors;  // those that provide it; none: it does not come from a poll
  std::string_view source;  // DBus methods, property or signal, or the part of this machine that reports it
  std::string_view since;   // the first Ganesha that reports it
  CountedBy counted_by = nullptr;  // null: since when it is counted is not known
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
  DetailLevels detail = at_each_level;                  // at which it is served
  CollectorSet without_bus = {};                        // those that provide it where the server has no bus
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
