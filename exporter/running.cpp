#include "exporter/running.hpp"

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <utility>

#include "exporter/base/spawned.hpp"
#include "exporter/supervisor/supervisor.hpp"
#include "exporter/systemd/listening_sockets.hpp"
#include "exporter/systemd/service_manager.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::milliseconds stop_deadline{800};

// Returns the exit code, while a signal is still handled. A thread that is still inside a call to a silent
// bus or file system, not `idle`, cannot be joined in time.
int finish(int code, bool idle, Log& log) {
  log.flush();
  if (idle) return code;
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

asio::awaitable<void> reload(Reloaded parts) {
  parts.manager.reloading();
  co_await parts.exporter.reload();
  parts.manager.ready();
}

// Without a web configuration there is nothing to reload; the signal must not end the program either.
void reload_on_sighup(asio::signal_set& signals, const Reloaded& parts) {
  signals.async_wait([&signals, parts](auto error, int) {
    if (error) return;
    if (parts.options.web_config_file.empty()) parts.log.info("Received SIGHUP: there is nothing to reload");
    asio::co_spawn(signals.get_executor(), reload(parts), pass_on);
    reload_on_sighup(signals, parts);
  });
}

// Ganesha's own bus policy allows only root; the project's allows a user to read.
void warn_about_root(const Options& flags, Log& log) {
  if (geteuid() != 0) return;
  const std::string policy =
      flags.has_bus ? "install the bus policy that --help-bus-policy prints, and " : "";
  log.warn(
      "Running as root, which is not needed",
      {{"instead",
        policy +
            "start the unit "
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
  warn_about_root(flags, log);
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
  return finish(0, exporter.idle(), log);
}

void forward_signals(asio::signal_set& signals, Supervisor& supervisor, const Reloaded& parts) {
  signals.async_wait([&signals, &supervisor, parts](auto error, int signal) {
    if (error) return;
    forward_signals(signals, supervisor, parts);
    if (signal == SIGHUP) {
      supervisor.reload();
      asio::co_spawn(signals.get_executor(), reload(parts), pass_on);
      return;
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
  return finish(code, exporter.idle() && supervisor.idle(), log);
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
  return finish(0, exporter.idle(), log);
}

}  // namespace

int run_exporter(const Options& flags, const Build& build) {
  ServiceEnvironment environment = take_service_environment();
  if (flags.systemd_sockets) require_listening(environment.sockets);
  Log log(flags.log_level, flags.log_format);
  if (flags.action == Action::once) return print_once(flags, build, log);
  return flags.ganesha.run ? supervise(flags, build, std::move(environment), log)
                           : serve(flags, build, std::move(environment), log);
}

}  // namespace ganesha::exporter
