// The metrics of --ganesha.run: the server's process, and what the supervisor did.
#pragma once

#include <prometheus/collectable.h>

#include <memory>

#include "exporter/model/server_process.hpp"

namespace ganesha::exporter {

// ganesha_process_* while the server runs, ganesha_supervisor_* always.
class SupervisorMetrics final : public prometheus::Collectable {
 public:
  explicit SupervisorMetrics(std::shared_ptr<const ServerProcess> facts) : facts_(std::move(facts)) {}
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  std::shared_ptr<const ServerProcess> facts_;
};

}  // namespace ganesha::exporter
