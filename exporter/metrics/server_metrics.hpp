// The rows of the server as a whole. metric_table.cpp joins them.
#pragma once

#include "exporter/metrics/metric_row.hpp"

namespace ganesha::exporter {

SnapshotRows status_rows();     // version, grace period, statistics that are enabled
SnapshotRows operation_rows();  // operations, procedures, requests for groups and names
SnapshotRows cache_rows();      // metadata cache and file descriptors
SnapshotRows fsal_rows();       // operations of the file system
SnapshotRows drc_rows();        // duplicate request caches
SnapshotRows built_in_rows();   // the server's own page of metrics

// Adds what the server's own page has of the metrics of DBus: where there is no bus, they have nothing else.
void add_built_in_samples(SnapshotRows& rows);

}  // namespace ganesha::exporter
