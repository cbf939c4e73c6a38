#include "exporter/process_metrics.hpp"

#include <prometheus/metric_family.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>

namespace ganesha::exporter {
namespace {

using prometheus::MetricType;

prometheus::MetricFamily family(std::string name, MetricType type, std::string help, double value) {
  prometheus::ClientMetric metric;
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  return {std::move(name), std::move(help), type, {std::move(metric)}};
}

struct Stat {
  double start_ticks = 0;
  double virtual_bytes = 0;
  double resident_pages = 0;
};

// /proc/self/stat from its third field on: the second, the name, may hold blanks and parentheses.
std::optional<Stat> read_stat() {
  std::ifstream file("/proc/self/stat");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  constexpr int third = 3, start = 22;
  for (int field = third; field < start; ++field) fields >> skipped;
  Stat stat;
  fields >> stat.start_ticks >> stat.virtual_bytes >> stat.resident_pages;
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

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::optional<double> open_descriptors() {
  std::error_code error;
  std::filesystem::directory_iterator entries("/proc/self/fd", error);
  if (error) return std::nullopt;
  // One of them is the directory that is being read.
  return static_cast<double>(std::distance(begin(entries), end(entries)) - 1);
}

double max_descriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

}  // namespace

std::vector<prometheus::MetricFamily> ProcessMetrics::Collect() const {
  std::vector<prometheus::MetricFamily> all;
  all.push_back(family("process_cpu_seconds_total", MetricType::Counter,
                       "User and system CPU time spent by the exporter.", cpu_seconds()));
  if (const auto open = open_descriptors())
    all.push_back(
        family("process_open_fds", MetricType::Gauge, "Open file descriptors of the exporter.", *open));
  all.push_back(
      family("process_max_fds", MetricType::Gauge, "Limit of open file descriptors.", max_descriptors()));
  const auto stat = read_stat();
  if (!stat) return all;
  all.push_back(family("process_resident_memory_bytes", MetricType::Gauge, "Resident memory of the exporter.",
                       stat->resident_pages * static_cast<double>(sysconf(_SC_PAGESIZE))));
  all.push_back(family("process_virtual_memory_bytes", MetricType::Gauge, "Virtual memory of the exporter.",
                       stat->virtual_bytes));
  all.push_back(family("process_start_time_seconds", MetricType::Gauge, "When the exporter was started.",
                       boot_time() + stat->start_ticks / static_cast<double>(sysconf(_SC_CLK_TCK))));
  return all;
}

}  // namespace ganesha::exporter
