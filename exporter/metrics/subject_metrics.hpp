// The rows of exports and of clients: both from one table, ganesha_export_NAME and ganesha_client_NAME.
// metric_table.cpp joins them.
#pragma once

#include "exporter/metrics/metric_row.hpp"

namespace ganesha::exporter {

SnapshotRows export_rows();
SnapshotRows client_rows();

}  // namespace ganesha::exporter
