// The samples of one metric family. The rows of the metric table fill it.
#pragma once

#include <prometheus/client_metric.h>
#include <prometheus/metric_type.h>

#include <boost/container/static_vector.hpp>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/model/built_in_page.hpp"

namespace ganesha::exporter {

using Label = std::pair<std::string_view, std::string_view>;  // name and value

inline constexpr std::size_t max_labels = 5;
// The labels of one sample. They view their texts, which Samples::add() copies.
using Labels = boost::container::static_vector<Label, max_labels>;

class Samples {
 public:
  explicit Samples(prometheus::MetricType type) : type_(type) {}
  void reserve(std::size_t count) { metrics_.reserve(count); }
  // What is no number is left out.
  void add(const Labels& labels, double value);
  void add(const Labels& labels, const BuiltInHistogram& histogram);
  std::vector<prometheus::ClientMetric> take() && { return std::move(metrics_); }

 private:
  prometheus::ClientMetric& add_metric(const Labels& labels);

  prometheus::MetricType type_;
  std::vector<prometheus::ClientMetric> metrics_;
};

}  // namespace ganesha::exporter
