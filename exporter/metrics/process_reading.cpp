#include "exporter/metrics/process_reading.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace ganesha::exporter {
namespace {

using Value = std::optional<double>;

std::string proc(pid_t pid, const char* file) { return "/proc/" + std::to_string(pid) + file; }

Value cpu_seconds(pid_t pid) {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) return std::nullopt;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

Value open_fds(pid_t pid) {
  // Linux 6.2 and later report the number as a size. Listing thousands of connections takes longer than the
  // rest of a scrape.
  struct stat folder {};
  if (stat(proc(pid, "/fd").c_str(), &folder) == 0 && folder.st_size > 0)
    return static_cast<double>(folder.st_size);
  std::error_code error;
  std::filesystem::directory_iterator entry(proc(pid, "/fd"), error);
  // In our own process, one is the directory that is being read.
  double count = pid == getpid() ? -1 : 0;
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) ++count;
  if (error) return std::nullopt;
  return count;
}

Value max_fds(pid_t pid) {
  rlimit limit{};
  if (prlimit(pid, RLIMIT_NOFILE, nullptr, &limit) != 0) return std::nullopt;
  return static_cast<double>(limit.rlim_cur);
}

// When the machine booted, in seconds since the epoch.
double boot_time() {
  constexpr std::string_view key = "btime ";
  std::ifstream file("/proc/stat");
  double seconds = 0;
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(key)) {
      std::from_chars(line.data() + key.size(), line.data() + line.size(), seconds);
      break;
    }
  return seconds;
}

// /proc/PID/stat, from its third field on: the second, the name, may contain spaces and parentheses.
void add_stat(pid_t pid, ProcessReading& reading) {
  std::ifstream file(proc(pid, "/stat"));
  std::string text;
  // The whole of it. An iterator would throw where the process ends between opening and reading.
  std::getline(file, text, '\0');
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return;
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  constexpr int third = 3, threads_field = 20;
  for (int field = third; field < threads_field; ++field) fields >> skipped;
  double threads = 0, start_ticks = 0, virtual_bytes = 0, resident_pages = 0;
  fields >> threads >> skipped >> start_ticks >> virtual_bytes >> resident_pages;
  if (!fields) return;
  reading.threads = threads;
  reading.start_seconds = boot_time() + start_ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
  reading.virtual_bytes = virtual_bytes;
  reading.resident_bytes = resident_pages * static_cast<double>(sysconf(_SC_PAGESIZE));
}

}  // namespace

ProcessReading read_process(pid_t pid) {
  ProcessReading reading;
  reading.cpu_seconds = cpu_seconds(pid);
  reading.open_fds = open_fds(pid);
  reading.max_fds = max_fds(pid);
  add_stat(pid, reading);
  return reading;
}

}  // namespace ganesha::exporter
