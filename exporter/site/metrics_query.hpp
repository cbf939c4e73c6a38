// What a scrape asked for.
#pragma once

#include <string>
#include <vector>

#include "exporter/metrics/content_negotiation.hpp"

namespace ganesha::exporter {

/// At most one of `collect` and `exclude` is filled, with known names only.
struct MetricsQuery {
  Format format = Format::text;
  bool gzip = false;
  std::vector<std::string> collect, exclude;

  bool operator==(const MetricsQuery&) const = default;
};

}  // namespace ganesha::exporter
