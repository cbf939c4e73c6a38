// Writes metric families in Prometheus' text format 0.0.4 or OpenMetrics 1.0. Used by the page cache.
#pragma once

#include <prometheus/metric_family.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "exporter/metrics/content_negotiation.hpp"

namespace ganesha::exporter {

// Since when a metric counts, as seconds since the epoch; nothing where that is not known.
using Created = std::function<std::optional<double>(const prometheus::ClientMetric&)>;

// "counter", "gauge" or "histogram".
std::string_view name_of(prometheus::MetricType type);

// Appends one family of counters, gauges or histograms to `out`; nothing if it has no metrics. OpenMetrics
// has for each counter a sample _created of what `created` returns; without a function none.
void write_family(const prometheus::MetricFamily& family, Format format, std::string& out,
                  const Created& created = {});

// The last line of an OpenMetrics page. Text pages have none.
inline constexpr std::string_view openmetrics_end = "# EOF\n";

// The unit of a metric by its name, with or without _total: the last word if that is "seconds" or "bytes",
// else nothing.
std::string_view unit_of(std::string_view name);

}  // namespace ganesha::exporter
