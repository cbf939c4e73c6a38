// The process_* metrics of the exporter and ganesha_process_* of the supervised server, from one table.
// The page cache collects them at each scrape, the reference describes them.
#pragma once

#include <prometheus/collectable.h>
#include <sys/types.h>

#include <vector>

#include "exporter/metrics/metric_row.hpp"
#include "exporter/metrics/process_reading.hpp"

namespace ganesha::exporter {

using ProcessRows = std::vector<MetricRow<ProcessReading>>;

// Under the names that all Prometheus client libraries use: process_*.
const ProcessRows& exporter_process_rows();
// ganesha_process_*
const ProcessRows& server_process_rows();

// This process.
class ProcessMetrics final : public prometheus::Collectable {
 public:
  std::vector<prometheus::MetricFamily> Collect() const override;
};

// The supervised server. Empty if `pid` is 0; without the values that cannot be read.
std::vector<prometheus::MetricFamily> server_process_metrics(pid_t pid);

}  // namespace ganesha::exporter
