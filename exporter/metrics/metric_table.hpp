// THE table: every metric of Ganesha and of the exporter's state is one row. The page cache renders the rows
// in this order, the reference describes them.
#pragma once

#include <span>

#include "exporter/metrics/metric_row.hpp"

namespace ganesha::exporter {

// The rows of what a poll found.
std::span<const SnapshotRow> ganesha_rows();
// The rows of what is read at each scrape: the heartbeat, and the exporter's own state.
std::span<const MetricRow<ScrapeState>> scrape_rows();

}  // namespace ganesha::exporter
