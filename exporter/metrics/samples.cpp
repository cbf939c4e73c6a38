#include "exporter/metrics/samples.hpp"

#include <cmath>
#include <limits>

namespace ganesha::exporter {

prometheus::ClientMetric& Samples::add_metric(const Labels& labels) {
  auto& metric = metrics_.emplace_back();
  metric.label.reserve(labels.size());
  for (const auto& [name, text] : labels) metric.label.push_back({std::string(name), std::string(text)});
  return metric;
}

void Samples::add(const Labels& labels, double value) {
  if (!std::isfinite(value)) return;
  auto& metric = add_metric(labels);
  if (type_ == prometheus::MetricType::Counter)
    metric.counter.value = value;
  else
    metric.gauge.value = value;
}

void Samples::add(const Labels& labels, const BuiltInHistogram& histogram) {
  auto& made = add_metric(labels).histogram;
  made.sample_count = histogram.counts.back();
  made.sample_sum = histogram.sum;
  made.bucket.reserve(histogram.counts.size());
  for (std::size_t i = 0; i < histogram.bounds.size(); ++i)
    made.bucket.push_back({histogram.counts[i], histogram.bounds[i]});
  made.bucket.push_back({histogram.counts.back(), std::numeric_limits<double>::infinity()});
}

}  // namespace ganesha::exporter
