// ganesha_exporter: from the flags to what they ask for.

#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <iostream>

#include "exporter/asked_exporter.hpp"
#include "exporter/base/descriptor_limit.hpp"
#include "exporter/cli/flags.hpp"
#include "exporter/collect/reference.hpp"
#include "exporter/http/options.hpp"
#include "exporter/metrics/reference.hpp"
#include "exporter/record.hpp"
#include "exporter/running.hpp"
#include "exporter/settings.hpp"
#include "exporter/site/healthcheck.hpp"
#include "exporter/top/top.hpp"
#include "exporter/web_settings.hpp"

namespace {

using namespace ganesha::exporter;

// Unless nobody reads standard error: then the program must end all the same.
void print_error(const std::string& text) {
  constexpr int patience_ms = 1'000;
  pollfd writable{STDERR_FILENO, POLLOUT, 0};
  if (poll(&writable, 1, patience_ms) > 0) std::cerr << text;
}

ClientSettings settings_to_ask(const Options& flags, Question question) {
  AskedExporter asked = asked_exporter(flags, question);
  if (!asked.problem.empty()) print_error("ganesha_exporter: " + asked.problem + '\n');
  return std::move(asked.settings);
}

int check_health(const Options& flags, Probe probe) {
  const auto result = healthcheck(settings_to_ask(flags, Question::health), probe);
  if (!result.good) print_error(result.text + '\n');
  if (result.good) std::cout << result.text << '\n';
  return result.good ? 0 : 1;
}

int run(const Options& flags, const Build& build) {
  switch (flags.action) {
    case Action::serve:
    case Action::once:
      return run_exporter(flags, build);
    case Action::check_config:
      check_web_config(flags.web_config_file);
      std::cout << "The configuration is valid.\n";
      return 0;
    case Action::help_metrics:
      std::cout << metrics_reference();
      return 0;
    case Action::help_collectors:
      std::cout << collectors_reference();
      return 0;
    case Action::help_bus_policy:
      std::cout << bus_policy();
      return 0;
    case Action::record:
      return record(flags);
    case Action::top:
      return top::run(flags.top, settings_to_ask(flags, Question::status));
    case Action::healthcheck:
      return check_health(flags, Probe::ready);
    case Action::livecheck:
      return check_health(flags, Probe::live);
  }
  return 1;
}

// What a report of a bug needs.
std::string version_text(const Build& build) {
  return "ganesha_exporter " + build.version + " (" + build.revision +
         ")\n  build:      " GANESHA_EXPORTER_BUILD "\n  built with: " GANESHA_EXPORTER_LIBRARIES;
}

// A socket with the number of a closed standard output would be sent what is written there. As with a closed
// one, writing fails.
void occupy_standard_descriptors() {
  int descriptor = 0;
  while (descriptor >= 0 && descriptor <= STDERR_FILENO) descriptor = open("/dev/null", O_RDONLY);
  if (descriptor >= 0) close(descriptor);
}

// Children get the defaults back.
void set_up_signals() {
  // Output that cannot be written any more is no reason to stop watching Ganesha, nor is a signal that means
  // nothing here.
  for (const int ignored : {SIGPIPE, SIGXFSZ, SIGUSR1, SIGUSR2, SIGALRM}) std::signal(ignored, SIG_IGN);
  // Inherited as ignored, it takes the children's exit codes away.
  std::signal(SIGCHLD, SIG_DFL);
}

// Else glibc keeps the memory of pages, which are large and live for a poll only, in pieces it cannot give
// back.
void set_up_memory() {
  constexpr int mapped_from = 1024 * 1024;
  mallopt(M_MMAP_THRESHOLD, mapped_from);
}

}  // namespace

int main(int argc, char** argv) {
  occupy_standard_descriptors();
  set_up_signals();
  set_up_memory();
  raise_descriptor_limit(wanted_descriptors);
  const Build build{GANESHA_EXPORTER_VERSION, GANESHA_EXPORTER_REVISION};
  try {
    const std::string version = version_text(build);
    const auto parsed = parse_flags(argc, argv, version);
    if (const auto* done = std::get_if<EarlyExit>(&parsed)) {
      if (done->code == 0) std::cout << done->text << std::flush;
      if (done->code != 0) print_error(done->text);
      return std::cout ? done->code : 1;
    }
    auto options = std::get<Options>(parsed);
    options.enabled = useful_collectors(options);
    return run(options, build);
  } catch (const std::exception& error) {
    print_error(std::string("ganesha_exporter: ") + error.what() + '\n');
    return 1;
  }
}
