// The process_* metrics of a process, read from /proc at each collection.
#pragma once

#include <prometheus/collectable.h>
#include <sys/types.h>

#include <atomic>
#include <memory>

namespace ganesha::exporter {

// This process: CPU, memory, descriptors, start, by the names that all Prometheus clients use.
class ProcessMetrics final : public prometheus::Collectable {
 public:
  std::vector<prometheus::MetricFamily> Collect() const override;
};

// The supervised server: ganesha_process_*. Nothing while `pid` is 0; collected on another thread than the
// one that sets it.
class ServerProcessMetrics final : public prometheus::Collectable {
 public:
  explicit ServerProcessMetrics(std::shared_ptr<const std::atomic<pid_t>> pid) : pid_(std::move(pid)) {}
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  std::shared_ptr<const std::atomic<pid_t>> pid_;
};

}  // namespace ganesha::exporter
