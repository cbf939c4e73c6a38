// The reference of every metric, made from the tables that serve them: --help-metrics prints it, and
// docs/metrics.md is what it printed.
#pragma once

#include <string>

namespace ganesha::exporter {

/// Markdown.
std::string metrics_reference();

}  // namespace ganesha::exporter
