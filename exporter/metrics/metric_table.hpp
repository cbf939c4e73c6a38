// THE table: every metric of Ganesha and of the exporter's state is one row. The page cache renders the rows
// in this order, the reference describes them.
#pragma once

#include <span>

#include "exporter/metrics/metric_row.hpp"

namespace ganesha::exporter {

// The rows of what a poll found that are served at this level of --collector.clients.detail.
std::span<const SnapshotRow> ganesha_rows(ClientDetail detail = ClientDetail::full);
// The collectors that are of use at this level: all but those that serve metrics at other levels alone.
CollectorSet useful_collectors(ClientDetail detail);
// Whether its metrics have the label `client`.
bool is_of_clients(const SnapshotRow& row);
// Those that serve metrics of clients at this level.
CollectorSet collectors_of_clients(ClientDetail detail);
// The rows of what is read at each scrape: the heartbeat, and the exporter's own state.
std::span<const MetricRow<ScrapeState>> scrape_rows();

}  // namespace ganesha::exporter
