#include "exporter/metrics/samples.hpp"

#include <cmath>

namespace ganesha::exporter {

void Samples::add(const Labels& labels, double value) {
  if (!std::isfinite(value)) return;
  auto& metric = metrics_.emplace_back();
  metric.label.reserve(labels.size());
  for (const auto& [name, text] : labels) metric.label.push_back({std::string(name), std::string(text)});
  if (type_ == prometheus::MetricType::Counter)
    metric.counter.value = value;
  else
    metric.gauge.value = value;
}

}  // namespace ganesha::exporter
