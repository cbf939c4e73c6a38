#include "exporter/metrics/process_metrics.hpp"

#include <prometheus/metric_family.h>
#include <unistd.h>

#include <optional>
#include <string>

namespace ganesha::exporter {
namespace {

enum class Process { exporter, server };

// process_NAME of the exporter, ganesha_process_NAME of the server. `only` for one of them; none: for both.
struct ProcessMetric {
  std::string_view name;
  prometheus::MetricType type;
  std::string_view help;
  std::optional<double> ProcessReading::*value;
  std::optional<Process> only = {};
};

// clang-format off
constexpr ProcessMetric metrics[] = {
  {"cpu_seconds_total", counter, "User and system CPU time of the process.", &ProcessReading::cpu_seconds},
  {"open_fds", gauge, "Number of open file descriptors.", &ProcessReading::open_fds},
  {"max_fds", gauge, "Maximum number of open file descriptors.", &ProcessReading::max_fds},
  {"resident_memory_bytes", gauge, "Resident memory size.", &ProcessReading::resident_bytes},
  {"virtual_memory_bytes", gauge, "Virtual memory size.", &ProcessReading::virtual_bytes, Process::exporter},
  {"threads", gauge, "Number of threads.", &ProcessReading::threads, Process::server},
  {"start_time_seconds", gauge, "Start time of the process since the epoch.", &ProcessReading::start_seconds},
};
// clang-format on

ProcessRows make_rows(Process process, const std::string& prefix) {
  ProcessRows rows;
  for (const auto& metric : metrics) {
    if (metric.only && metric.only != process) continue;
    const auto sample = [value = metric.value](const ProcessReading& reading, Samples& out) {
      if (reading.*value) out.add({}, *(reading.*value));
    };
    rows.push_back({prefix + std::string(metric.name),
                    metric.type,
                    {{}, "kernel", any_version},
                    "",
                    metric.help,
                    sample});
  }
  return rows;
}

}  // namespace

const ProcessRows& exporter_process_rows() {
  static const auto rows = make_rows(Process::exporter, "process_");
  return rows;
}

const ProcessRows& server_process_rows() {
  static const auto rows = make_rows(Process::server, "ganesha_process_");
  return rows;
}

std::vector<prometheus::MetricFamily> ProcessMetrics::Collect() const {
  return collect_all(exporter_process_rows(), read_process(getpid()));
}

std::vector<prometheus::MetricFamily> server_process_metrics(pid_t pid) {
  if (pid <= 0) return {};
  return collect_all(server_process_rows(), read_process(pid));
}

}  // namespace ganesha::exporter
