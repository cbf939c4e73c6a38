// ganesha_exporter: composition only.

#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <optional>

#include "exporter/asked_exporter.hpp"
#include "exporter/base/descriptor_limit.hpp"
#include "exporter/cli/flags.hpp"
#include "exporter/collect/reference.hpp"
#include "exporter/exporter.hpp"
#include "exporter/http/options.hpp"
#include "exporter/metrics/reference.hpp"
#include "exporter/site/healthcheck.hpp"
#include "exporter/supervisor/supervisor.hpp"
#include "exporter/systemd/listening_sockets.hpp"
#include "exporter/systemd/service_manager.hpp"
#include "exporter/top/top.hpp"
#include "exporter/web_settings.hpp"

namespace {

namespace asio = boost::asio;
using namespace ganesha::exporter;

constexpr std::chrono::milliseconds stop_deadline{800};

// Returns the exit code, while a signal is still handled. A thread that is still inside a blocking call to a
// silent bus cannot be joined in time.
int finish(int code, const Exporter& exporter, Log& log) {
  log.flush();
  if (exporter.idle()) return code;
  std::cout.flush();
  std::_Exit(code);
}

// Declared before the set of signals: once that is gone, a late signal would change the exit code.
struct IgnoreLateSignals {
  ~IgnoreLateSignals() {
    for (const int late : {SIGINT, SIGTERM, SIGHUP}) std::signal(late, SIG_IGN);
  }
};

const char* name_of(int signal) { return signal == SIGINT ? "SIGINT" : "SIGTERM"; }

// What the signals of a running exporter reach.
struct Reloaded {
  Exporter& exporter;
  ServiceManager& manager;
  const Options& options;
  Log& log;
};

void reload(const Reloaded& parts) {
  parts.manager.reloading();
  parts.exporter.reload();
  parts.manager.ready();
}

// Without a web configuration there is nothing to reload; the signal must not end the program either.
void reload_on_sighup(asio::signal_set& signals, const Reloaded& parts) {
  signals.async_wait([&signals, parts](auto error, int) {
    if (error) return;
    if (parts.options.web_config_file.empty()) parts.log.info("Received SIGHUP: there is nothing to reload");
    reload(parts);
    reload_on_sighup(signals, parts);
  });
}

// Ganesha's own bus policy allows only root; the project's allows a user to read.
void warn_about_root(Log& log) {
  if (geteuid() != 0) return;
  log.warn("Running as root, which is not needed",
           {{"instead",
             "install the bus policy that --help-bus-policy prints, and start the unit "
             "ganesha-exporter.service or "
             "setpriv --reuid=ganesha-exporter --regid=ganesha-exporter --clear-groups ganesha_exporter"}});
}

// Ready is who serves pages, whether Ganesha is there or not: its absence is what the pages tell.
void tell_service_manager(ServiceManager& manager, const Exporter& exporter) {
  manager.ready();
  manager.show_status([&exporter] { return exporter.service_status(); });
}

int serve(const Options& flags, const Build& build, ServiceEnvironment environment, Log& log) {
  asio::io_context loop(1);
  const IgnoreLateSignals at_the_end;
  // Outlives the exporter: a second signal must not kill the program while it stops.
  asio::signal_set signals(loop, SIGINT, SIGTERM), hang_up(loop, SIGHUP);
  const auto sockets = environment.sockets;
  ServiceManager manager(loop.get_executor(), std::move(environment), log);
  Exporter exporter(loop, flags, build, log);
  log.info("Starting ganesha_exporter", {{"version", build.version}, {"revision", build.revision}});
  warn_about_root(log);
  exporter.serve(sockets);
  exporter.follow();
  tell_service_manager(manager, exporter);
  manager.beat(exporter.worker());
  reload_on_sighup(hang_up, {exporter, manager, flags, log});
  signals.async_wait([&](auto, int signal) {
    log.info("Stopping", {{"signal", name_of(signal)}});
    manager.stopping();
    asio::co_spawn(loop, exporter.stop(stop_deadline), [&](auto) { loop.stop(); });
  });
  loop.run();
  return finish(0, exporter, log);
}

void forward_signals(asio::signal_set& signals, Supervisor& supervisor, const Reloaded& parts) {
  signals.async_wait([&signals, &supervisor, parts](auto error, int signal) {
    if (error) return;
    forward_signals(signals, supervisor, parts);
    if (signal == SIGHUP) {
      supervisor.reload();
      return reload(parts);
    }
    parts.log.info("Stopping", {{"signal", name_of(signal)}});
    parts.manager.stopping();
    supervisor.stop();
  });
}

asio::awaitable<int> run_both(Supervisor& supervisor, Exporter& exporter) {
  Supervisor::Exporter parts{exporter.bus(), [&] { exporter.follow(); }, [&] { return exporter.up(); }};
  const int code = co_await supervisor.run(std::move(parts));
  co_await exporter.stop(stop_deadline);
  co_return code;
}

// Runs Ganesha, and serves its metrics from before its start to after its end.
int supervise(Options flags, const Build& build, ServiceEnvironment environment, Log& log) {
  asio::io_context loop(1);
  const IgnoreLateSignals at_the_end;
  asio::signal_set signals(loop, SIGINT, SIGTERM, SIGHUP);
  const auto sockets = environment.sockets;
  ServiceManager manager(loop.get_executor(), std::move(environment), log);
  Supervisor supervisor(loop, flags, log);
  flags.dbus_address = supervisor.bus_address();
  flags.dbus_service_name = supervisor.service();
  Exporter exporter(loop, flags, build, log, supervisor.status());
  log.info("Starting ganesha_exporter", {{"version", build.version}, {"revision", build.revision}});
  exporter.serve(sockets);
  manager.refuse_watchdog();
  tell_service_manager(manager, exporter);
  forward_signals(signals, supervisor, {exporter, manager, flags, log});
  int code = 1;
  asio::co_spawn(loop, run_both(supervisor, exporter), [&](std::exception_ptr error, int result) {
    loop.stop();
    manager.stopping();
    if (error) std::rethrow_exception(error);
    code = result;
  });
  loop.run();
  return finish(code, exporter, log);
}

int print_once(const Options& flags, const Build& build, Log& log) {
  asio::io_context loop(1);
  Exporter exporter(loop, flags, build, log);
  exporter.follow();
  asio::co_spawn(loop, exporter.once(), [&](const std::exception_ptr& failure, const std::string& page) {
    if (failure) std::rethrow_exception(failure);
    std::cout << page << std::flush;
    loop.stop();
  });
  loop.run();
  if (!std::cout) throw std::runtime_error("cannot write to standard output");
  return finish(0, exporter, log);
}

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

int run_logged(const Options& flags, const Build& build) {
  ServiceEnvironment environment = take_service_environment();
  if (flags.systemd_sockets) require_listening(environment.sockets);
  Log log(flags.log_level, flags.log_format);
  if (flags.action == Action::once) return print_once(flags, build, log);
  return flags.ganesha.run ? supervise(flags, build, std::move(environment), log)
                           : serve(flags, build, std::move(environment), log);
}

int run(const Options& flags, const Build& build) {
  switch (flags.action) {
    case Action::serve:
    case Action::once:
      return run_logged(flags, build);
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
    return run(std::get<Options>(parsed), build);
  } catch (const std::exception& error) {
    print_error(std::string("ganesha_exporter: ") + error.what() + '\n');
    return 1;
  }
}
