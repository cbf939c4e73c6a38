#include "exporter/metrics/supervisor_metrics.hpp"

#include <prometheus/metric_family.h>

#include <algorithm>
#include <iterator>

#include "exporter/metrics/process_metrics.hpp"
#include "exporter/model/sample_values.hpp"

namespace ganesha::exporter {
namespace {

void restarts(const ServerProcess& server, Samples& out) { out.add({}, to_sample(server.restarts)); }

void last_exit_code(const ServerProcess& server, Samples& out) {
  const int code = server.last_exit_code;
  if (code != ServerProcess::never_exited) out.add({}, code);
}

constexpr Origin supervisor{{}, "exporter", any_version};

}  // namespace

// clang-format off
const std::vector<MetricRow<ServerProcess>>& supervisor_rows() {
  static const std::vector<MetricRow<ServerProcess>> rows{
    {"ganesha_supervisor_restarts_total", counter, supervisor, "",
     "Restarts of the supervised server; attempts that started nothing do not count.", restarts},
    {"ganesha_supervisor_last_exit_code", gauge, supervisor, "",
     "Exit code of the supervised server when it last exited, or 128 plus the signal that killed it.",
     last_exit_code},
  };
  return rows;
}
// clang-format on

std::vector<prometheus::MetricFamily> SupervisorMetrics::Collect() const {
  auto all = server_process_metrics(server_->pid);
  std::ranges::move(collect_all(supervisor_rows(), *server_), std::back_inserter(all));
  return all;
}

}  // namespace ganesha::exporter
