// The reference of all metrics, generated from the rows that serve them. --help-metrics prints it;
// docs/metrics.md is its output.
#pragma once

#include <string>

namespace ganesha::exporter {

/// Markdown.
std::string metrics_reference();

}  // namespace ganesha::exporter
