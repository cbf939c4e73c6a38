// The process_* metrics of a process, read from /proc at each collection.
#pragma once

#include <prometheus/collectable.h>
#include <sys/types.h>

#include <vector>

namespace ganesha::exporter {

// This process: CPU, memory, descriptors, start, by the names that all Prometheus clients use.
class ProcessMetrics final : public prometheus::Collectable {
 public:
  std::vector<prometheus::MetricFamily> Collect() const override;
};

// Another process, the supervised server: ganesha_process_*. Empty when `pid` is 0, and without what cannot
// be read.
std::vector<prometheus::MetricFamily> server_process_metrics(pid_t pid);

}  // namespace ganesha::exporter
