// Writes metric families in Prometheus' text format 0.0.4 or OpenMetrics 1.0. Used by pages.
#pragma once

#include <prometheus/metric_family.h>

#include <string>

#include "exporter/metrics/content_negotiation.hpp"

namespace ganesha::exporter {

// Appends one family of counters or gauges to `out`; nothing if it has no metrics.
void write_family(const prometheus::MetricFamily& family, Format format, std::string& out);

// Ends an OpenMetrics page; text pages need no end.
inline constexpr std::string_view openmetrics_end = "# EOF\n";

}  // namespace ganesha::exporter
