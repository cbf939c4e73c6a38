// The rows of what is read at each scrape: Ganesha's heartbeat and the exporter's state. Used by
// metric_table.cpp.
#pragma once

#include "exporter/metrics/metric_row.hpp"

namespace ganesha::exporter {

ScrapeRows make_scrape_rows();

}  // namespace ganesha::exporter
