#include "exporter/metrics/process_metrics.hpp"

#include <prometheus/metric_family.h>
#include <sys/resource.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <span>
#include <sstream>
#include <string>

namespace ganesha::exporter {
namespace {

using prometheus::MetricType;
using Value = std::optional<double>;

struct Stat {
  double threads = 0;
  double start_ticks = 0;
  double virtual_bytes = 0;
  double resident_pages = 0;
};

std::string proc(pid_t pid, const char* file) { return "/proc/" + std::to_string(pid) + file; }

// /proc/PID/stat from its third field on: the second, the name, may hold blanks and parentheses.
std::optional<Stat> read_stat(pid_t pid) {
  std::ifstream file(proc(pid, "/stat"));
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  constexpr int third = 3, threads = 20;
  for (int field = third; field < threads; ++field) fields >> skipped;
  Stat stat;
  fields >> stat.threads >> skipped >> stat.start_ticks >> stat.virtual_bytes >> stat.resident_pages;
  return fields ? std::optional(stat) : std::nullopt;
}

double boot_time() {
  std::ifstream file("/proc/stat");
  std::string word;
  double seconds = 0;
  while (file >> word)
    if (word == "btime" && file >> seconds) break;
  return seconds;
}

Value cpu_seconds(pid_t pid) {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) return std::nullopt;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

Value open_descriptors(pid_t pid) {
  std::error_code error;
  std::filesystem::directory_iterator entries(proc(pid, "/fd"), error);
  if (error) return std::nullopt;
  // One of our own is the directory that is being read.
  const auto ours = pid == getpid() ? 1 : 0;
  return static_cast<double>(std::distance(begin(entries), end(entries)) - ours);
}

Value max_descriptors(pid_t pid) {
  rlimit limit{};
  if (prlimit(pid, RLIMIT_NOFILE, nullptr, &limit) != 0) return std::nullopt;
  return static_cast<double>(limit.rlim_cur);
}

Value resident_bytes(pid_t pid) {
  const auto stat = read_stat(pid);
  return stat ? Value(stat->resident_pages * static_cast<double>(sysconf(_SC_PAGESIZE))) : std::nullopt;
}

Value virtual_bytes(pid_t pid) {
  const auto stat = read_stat(pid);
  return stat ? Value(stat->virtual_bytes) : std::nullopt;
}

Value threads(pid_t pid) {
  const auto stat = read_stat(pid);
  return stat ? Value(stat->threads) : std::nullopt;
}

Value start_time(pid_t pid) {
  const auto stat = read_stat(pid);
  if (!stat) return std::nullopt;
  return boot_time() + stat->start_ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

struct Row {
  const char* name;
  MetricType type;
  const char* help;
  Value (*value)(pid_t);
};

// clang-format off
constexpr Row own_rows[] = {
  {"process_cpu_seconds_total", MetricType::Counter,
   "User and system CPU time spent by the exporter.", cpu_seconds},
  {"process_open_fds", MetricType::Gauge,
   "Open file descriptors of the exporter.", open_descriptors},
  {"process_max_fds", MetricType::Gauge,
   "Limit of open file descriptors.", max_descriptors},
  {"process_resident_memory_bytes", MetricType::Gauge,
   "Resident memory of the exporter.", resident_bytes},
  {"process_virtual_memory_bytes", MetricType::Gauge,
   "Virtual memory of the exporter.", virtual_bytes},
  {"process_start_time_seconds", MetricType::Gauge,
   "When the exporter was started.", start_time},
};

constexpr Row server_rows[] = {
  {"ganesha_process_cpu_seconds_total", MetricType::Counter,
   "User and system CPU time spent by the supervised server.", cpu_seconds},
  {"ganesha_process_resident_memory_bytes", MetricType::Gauge,
   "Resident memory of the supervised server.", resident_bytes},
  {"ganesha_process_open_fds", MetricType::Gauge,
   "Open file descriptors of the supervised server.", open_descriptors},
  {"ganesha_process_max_fds", MetricType::Gauge,
   "Limit of open file descriptors of the supervised server.", max_descriptors},
  {"ganesha_process_threads", MetricType::Gauge,
   "Threads of the supervised server.", threads},
  {"ganesha_process_start_time_seconds", MetricType::Gauge,
   "When the supervised server was started.", start_time},
};
// clang-format on

std::vector<prometheus::MetricFamily> collect(std::span<const Row> rows, pid_t pid) {
  std::vector<prometheus::MetricFamily> all;
  for (const auto& row : rows) {
    const auto value = row.value(pid);
    if (!value) continue;
    prometheus::ClientMetric metric;
    (row.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = *value;
    all.push_back({row.name, row.help, row.type, {std::move(metric)}});
  }
  return all;
}

}  // namespace

std::vector<prometheus::MetricFamily> ProcessMetrics::Collect() const { return collect(own_rows, getpid()); }

std::vector<prometheus::MetricFamily> server_process_metrics(pid_t pid) {
  return pid > 0 ? collect(server_rows, pid) : std::vector<prometheus::MetricFamily>{};
}

}  // namespace ganesha::exporter
