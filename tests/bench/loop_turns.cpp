// How long the exporter's loop is busy without a pause: runs the exporter with these flags until SIGTERM, one
// handler at a time, and prints the longest ones. Measured as the thread's CPU time, so that other programs
// do not count. loop_turns.py runs it beside the fake server.
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <iostream>
#include <ranges>
#include <variant>
#include <vector>

#include "exporter/cli/flags.hpp"
#include "exporter/exporter.hpp"

namespace {

using namespace ganesha::exporter;
constexpr std::size_t printed = 10;

double thread_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// Runs the loop until it is stopped. Returns the seconds that each handler took, the longest first.
std::vector<double> run(boost::asio::io_context& loop) {
  std::vector<double> turns;
  for (double before = thread_seconds(); loop.run_one() > 0; before = thread_seconds())
    turns.push_back(thread_seconds() - before);
  std::ranges::sort(turns, std::greater());
  return turns;
}

void print(const std::vector<double>& turns) {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::cout << turns.size() << " turns; the longest ones in ms:";
  for (const double turn : turns | std::views::take(printed)) std::cout << ' ' << turn * 1e3;
  std::cout << "; peak memory " << usage.ru_maxrss / 1024 << " MiB" << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
  const auto parsed = parse_flags(argc, argv, "loop_turns");
  const auto& options = std::get<Options>(parsed);
  boost::asio::io_context loop(1);
  boost::asio::signal_set signals(loop, SIGTERM);
  signals.async_wait([&](auto, int) { loop.stop(); });
  Log log(options.log_level, options.log_format);
  Exporter exporter(loop, options, {"bench", "bench"}, log);
  exporter.serve();
  exporter.follow();
  print(run(loop));
  std::_Exit(0);
}
