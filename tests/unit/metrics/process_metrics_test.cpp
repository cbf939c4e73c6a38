#include "exporter/metrics/process_metrics.hpp"

#include <gtest/gtest.h>
#include <prometheus/metric_family.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace {

using ganesha::exporter::ProcessMetrics;
using ganesha::exporter::server_process_metrics;
using prometheus::MetricType;

std::map<std::string, double> values() {
  std::map<std::string, double> out;
  for (const auto& family : ProcessMetrics().Collect()) {
    EXPECT_EQ(family.metric.size(), 1U) << family.name;
    EXPECT_TRUE(family.metric[0].label.empty()) << family.name;
    EXPECT_TRUE(family.help.ends_with('.')) << family.name;
    const bool counter = family.type == MetricType::Counter;
    EXPECT_EQ(family.name.ends_with("_total"), counter) << family.name;
    out[family.name] = counter ? family.metric[0].counter.value : family.metric[0].gauge.value;
  }
  return out;
}

double value(const std::string& name) { return values().at(name); }

// "VmRSS:   1234 kB" and the like, in bytes.
double bytes_of_status(const std::string& wanted) {
  std::ifstream file("/proc/self/status");
  std::string word;
  double kibibytes = 0;
  while (file >> word)
    if (word == wanted + ":" && file >> kibibytes) return kibibytes * 1024;
  return 0;
}

TEST(ProcessMetrics, AreTheSixThatAllPrometheusClientsHave) {
  std::vector<std::string> names;
  for (const auto& [name, ignored] : values()) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"process_cpu_seconds_total", "process_max_fds",
                                             "process_open_fds", "process_resident_memory_bytes",
                                             "process_start_time_seconds", "process_virtual_memory_bytes"}));
}

TEST(ProcessMetrics, CountTheCpuTimeSpent) {
  const auto clock_seconds = [] { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; };
  const double before = value("process_cpu_seconds_total");
  const double end = clock_seconds() + 0.05;
  while (clock_seconds() < end) {
  }
  const double after = value("process_cpu_seconds_total");
  EXPECT_GE(after - before, 0.04);
  EXPECT_NEAR(after, clock_seconds(), 0.5);
}

TEST(ProcessMetrics, CountOpenDescriptors) {
  const double before = value("process_open_fds");
  const int one = dup(STDIN_FILENO), other = dup(STDIN_FILENO);
  EXPECT_EQ(value("process_open_fds"), before + 2);
  close(one);
  close(other);
  EXPECT_EQ(value("process_open_fds"), before);
}

TEST(ProcessMetrics, HaveTheLimitOfDescriptors) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  EXPECT_EQ(value("process_max_fds"), static_cast<double>(limit.rlim_cur));
}

TEST(ProcessMetrics, HaveMemoryInBytes) {
  const double resident = bytes_of_status("VmRSS"), whole = bytes_of_status("VmSize");
  EXPECT_NEAR(value("process_resident_memory_bytes"), resident, resident / 4);
  EXPECT_NEAR(value("process_virtual_memory_bytes"), whole, whole / 4);
}

TEST(ProcessMetrics, HaveTheStartTimeOfTheProcess) {
  const double now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  const double start = value("process_start_time_seconds");
  EXPECT_LE(start, now + 1);
  EXPECT_GE(start, now - 600);
}

std::vector<std::string> names(const std::vector<prometheus::MetricFamily>& families) {
  std::vector<std::string> out;
  for (const auto& family : families) out.push_back(family.name);
  return out;
}

TEST(ServerProcessMetrics, HavePrefixAndThreadsButNoVirtualMemory) {
  EXPECT_EQ(names(server_process_metrics(getpid())),
            (std::vector<std::string>{"ganesha_process_cpu_seconds_total", "ganesha_process_open_fds",
                                      "ganesha_process_max_fds", "ganesha_process_resident_memory_bytes",
                                      "ganesha_process_threads", "ganesha_process_start_time_seconds"}));
}

TEST(ServerProcessMetrics, AreEmptyWhileNoServerRuns) { EXPECT_TRUE(server_process_metrics(0).empty()); }

TEST(ServerProcessMetrics, LeaveOutWhatCannotBeRead) {
  constexpr pid_t no_process = 1 << 23;  // above the kernel's limit of process ids
  EXPECT_TRUE(server_process_metrics(no_process).empty());
}

// Its files may open and then not be read: another thread reaps it meanwhile.
TEST(ProcessMetrics, OfAProcessThatEndsMeanwhileAreNoError) {
  for (int i = 0; i < 300; ++i) {
    const pid_t pid = fork();
    if (pid == 0) _exit(0);
    std::thread reaper([pid] { waitpid(pid, nullptr, 0); });
    for (int reading = 0; reading < 20; ++reading) EXPECT_NO_THROW(server_process_metrics(pid));
    reaper.join();
  }
}

}  // namespace
