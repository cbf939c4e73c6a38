// THE table: every metric that is served is one row, and adding one is adding a row. Read by pages.
#pragma once

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <prometheus/metric_type.h>

#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/model/scrape_state.hpp"
#include "exporter/model/snapshot.hpp"

namespace ganesha::exporter {

// Takes the samples of one family.
class Samples {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  explicit Samples(prometheus::MetricType type) : type_(type) {}
  // Makes room for so many samples.
  void expect(std::size_t count) { metrics_.reserve(count); }
  void add(Labels labels, double value);
  std::vector<prometheus::ClientMetric> take() && { return std::move(metrics_); }

 private:
  prometheus::MetricType type_;
  std::vector<prometheus::ClientMetric> metrics_;
};

// One metric. Facts is Snapshot for what a poll found, ScrapeState for what is told anew at each scrape.
template <class Facts>
struct Row {
  std::string_view name;  // in full: counters end in _total, the unit stands in the name
  prometheus::MetricType type;
  std::string_view collector;  // the flags that it stands behind, parted by blanks; none: always there
  std::string_view source;     // DBus method, property or signal; empty: the exporter itself
  std::string_view since;      // the first Ganesha that tells it
  std::string_view labels;     // their names, parted by commas
  std::string_view help;
  void (*samples)(const Facts&, Samples&);
};

// The collectors that a row of a poll comes from.
CollectorSet collectors_of(const Row<Snapshot>& row);

std::span<const Row<Snapshot>> ganesha_rows();
std::span<const Row<ScrapeState>> live_rows();

// The family of one row; without metrics where the facts have nothing to tell.
template <class Facts>
prometheus::MetricFamily collect(const Row<Facts>& row, const Facts& facts) {
  Samples samples(row.type);
  row.samples(facts, samples);
  return {std::string(row.name), std::string(row.help), row.type, std::move(samples).take()};
}

}  // namespace ganesha::exporter
