// The process_* metrics of a process, read from /proc at each collection.
#pragma once

#include <prometheus/collectable.h>

namespace ganesha::exporter {

// This process: CPU, memory, descriptors, start, by the names that all Prometheus clients use.
class ProcessMetrics final : public prometheus::Collectable {
 public:
  std::vector<prometheus::MetricFamily> Collect() const override;
};

}  // namespace ganesha::exporter
