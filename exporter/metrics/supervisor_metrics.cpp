#include "exporter/metrics/supervisor_metrics.hpp"

#include <prometheus/metric_family.h>

#include "exporter/metrics/process_metrics.hpp"

namespace ganesha::exporter {
namespace {

using prometheus::MetricType;

prometheus::MetricFamily restarts(double count) {
  prometheus::ClientMetric metric;
  metric.counter.value = count;
  return {"ganesha_supervisor_restarts_total",
          "How often the supervised server was started again.",
          MetricType::Counter,
          {std::move(metric)}};
}

prometheus::MetricFamily last_exit_code(double code) {
  prometheus::ClientMetric metric;
  metric.gauge.value = code;
  return {"ganesha_supervisor_last_exit_code",
          "How the supervised server last ended: its exit code, or 128 and the signal.",
          MetricType::Gauge,
          {std::move(metric)}};
}

}  // namespace

std::vector<prometheus::MetricFamily> SupervisorMetrics::Collect() const {
  auto all = server_process_metrics(facts_->pid);
  all.push_back(restarts(static_cast<double>(facts_->restarts)));
  if (facts_->last_exit_code != ServerProcess::never_ended)
    all.push_back(last_exit_code(facts_->last_exit_code));
  return all;
}

}  // namespace ganesha::exporter
