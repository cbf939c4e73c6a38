// The metrics of --ganesha.run: the server's process, and its restarts. The page cache collects them at each
// scrape.
#pragma once

#include <prometheus/collectable.h>

#include <memory>
#include <vector>

#include "exporter/metrics/metric_row.hpp"
#include "exporter/model/server_process.hpp"

namespace ganesha::exporter {

// ganesha_supervisor_*
const std::vector<MetricRow<ServerProcess>>& supervisor_rows();

// ganesha_process_* while the server runs, ganesha_supervisor_* always.
class SupervisorMetrics final : public prometheus::Collectable {
 public:
  explicit SupervisorMetrics(std::shared_ptr<const ServerProcess> server) : server_(std::move(server)) {}
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  std::shared_ptr<const ServerProcess> server_;
};

}  // namespace ganesha::exporter
