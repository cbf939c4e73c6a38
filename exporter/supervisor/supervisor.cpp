#include "exporter/supervisor/supervisor.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <csignal>

#include "dbus/system_bus_address.hpp"
#include "exporter/base/duration.hpp"
#include "exporter/base/spawned.hpp"
#include "exporter/supervisor/dependency_commands.hpp"
#include "ganesha/bus_name.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

// dbus-daemon and rpcbind start within a moment or not at all.
constexpr milliseconds dependency_patience{5'000};

bool needs_private_bus(const Options& flags) {
  return flags.dbus_address.empty() && !bus_reachable(dbus::system_bus_address());
}

std::string bus_to_use(const Options& flags, const BusPath* private_bus) {
  if (private_bus) return private_bus->address();
  return flags.dbus_address.empty() ? dbus::system_bus_address() : flags.dbus_address;
}

// The name in the configuration, unless a flag sets one. A configuration that cannot be read is reported when
// the server is started.
std::string choose_service(const Options& flags) {
  if (flags.dbus_service_given) return flags.dbus_service_name;
  try {
    return bus_name(read_config(flags.ganesha.config_file).dbus_name_prefix);
  } catch (const std::exception&) {
    return flags.dbus_service_name;
  }
}

std::vector<std::string> files_in(const RuntimeDir& folder) {
  std::vector<std::string> files;
  for (const auto* name : {"bus", "bus.lock", "bus.conf", "ganesha.pid"})
    files.push_back(folder.path() / name);
  return files;
}

asio::awaitable<NfsPort::Answer> ask_port(std::shared_ptr<Ganesha> ganesha) {
  if (!ganesha || !ganesha->running() || !ganesha->initialized()) co_return NfsPort::Answer::unknown;
  co_return co_await ganesha->port().ask();
}

}  // namespace

Supervisor::Supervisor(asio::io_context& loop, const Options& flags, Log& log)
    : loop_(loop.get_executor()),
      flags_(flags.ganesha),
      service_(choose_service(flags)),
      heartbeat_(flags.heartbeat_timeout.count() > 0),
      log_(log),
      clock_(dbus::make_real_clock(loop_)),
      private_bus_(needs_private_bus(flags) ? hold_bus_path(flags_.bus_path, folder_.path(), log) : nullptr),
      bus_address_(bus_to_use(flags, private_bus_.get())),
      guard_(files_in(folder_), folder_.path()),
      changed_(*clock_),
      dependencies_(loop_, *clock_, log, std::min(dependency_patience, flags_.start_timeout),
                    [this] { changed_.notify_all(); }) {
  status_->start_timeout = flags_.start_timeout;
  status_->gone_since = clock_->now();
  status_->not_ready = [this] { return why_not_ready(); };
  const auto is_own = [this](pid_t pid) { return pid == status_->pid || dependencies_.owns(pid); };
  if (getpid() == 1) reaper_.emplace(loop_, is_own);
}

asio::awaitable<int> Supervisor::run(Exporter exporter) {
  exporter_.emplace(std::move(exporter));
  port_watch_.emplace(*clock_, *status_,
                      PortWatch::Server{exporter_->is_up, [this] { return ask_port(ganesha_); }});
  asio::co_spawn(loop_, port_watch_->run(), log_failure(log_, "Watching the NFS port"));
  while (true) {
    const RunResult end = co_await run_once();
    if (end.failure) log_.error(end.failure->why, {{"output", end.failure->output}});
    if (!may_restart(end)) {
      // Disconnect first: the private bus ends with the dependencies.
      exporter_->bus.stop();
      co_await dependencies_.stop();
      co_return end.code;
    }
    const auto wait = restart_backoff_.next(served_);
    log_.warn("Restarting NFS-Ganesha", {{"wait", format_duration(std::chrono::ceil<milliseconds>(wait))}});
    co_await pause(wait);
  }
}

void Supervisor::stop() {
  stopping_ = true;
  dependencies_.cancel();
  changed_.notify_all();
}

void Supervisor::reload() {
  // Before it is initialized it may have no handler, and the signal would kill it.
  if (!ganesha_ || !ganesha_->running() || !ganesha_->initialized()) {
    log_.info("Ignoring SIGHUP: NFS-Ganesha is not initialized");
    return;
  }
  log_.info("Forwarding SIGHUP to NFS-Ganesha");
  ganesha_->process()->signal(SIGHUP);
  asio::co_spawn(loop_, reload_configuration(ganesha_),
                 log_failure(log_, "Reloading the configuration of NFS-Ganesha"));
}

asio::awaitable<Supervisor::RunResult> Supervisor::run_once() {
  served_ = {};
  auto failure = co_await launch();
  if (stopping_) co_return RunResult{};
  if (failure) co_return RunResult{1, std::move(failure)};
  co_await wait_for_event();
  const RunResult end = co_await shutdown_reason();
  note_end();
  co_return end;
}

// Starts the server, and before it what it needs. Starts nothing once we stop.
asio::awaitable<std::optional<Failure>> Supervisor::launch() {
  try {
    if (stopping_) co_return std::nullopt;
    const Config config = read_config(flags_.config_file);
    note_configuration(config);
    auto failure = co_await prepare(config);
    if (!failure && exporter_->on_bus) std::exchange(exporter_->on_bus, nullptr)();
    if (!failure) failure = co_await check_name_is_free();
    if (failure || stopping_) co_return failure;
    const auto started = start(config);
    if (!started) failure = Failure{"cannot start " + flags_.binary + ": " + started.error().message(), {}};
    co_return failure;
  } catch (const std::exception& error) {
    co_return Failure{error.what(), {}};
  }
}

// Returns when the server or a dependency ends, on stop(), or when the server has not started within the
// start timeout.
asio::awaitable<void> Supervisor::wait_for_event() {
  const auto latest = clock_->now() + flags_.start_timeout;
  bool judged = false;
  while (!stopping_ && ganesha_->running() && !dependencies_.ended()) {
    if (clock_->now() >= latest && !std::exchange(judged, true)) {
      const bool failed = co_await start_failed();
      if (failed) co_return;
    }
    co_await changed_.wait_until(judged ? dbus::TimePoint::max() : latest);
  }
}

// A server that cannot be observed may work all the same.
asio::awaitable<bool> Supervisor::start_failed() {
  if (!ganesha_->works()) co_await ganesha_->probe_port();
  if (ganesha_->works()) co_return false;
  if (ganesha_->port().readable()) co_return true;
  log_.warn("Cannot determine whether NFS-Ganesha is initialized; it keeps running",
            {{"reason", ganesha_->port().text()}});
  co_return false;
}

asio::awaitable<void> Supervisor::pause(dbus::Duration wait) {
  const auto deadline = clock_->now() + wait;
  bool waiting = true;
  while (waiting && !stopping_) waiting = co_await changed_.wait_until(deadline);
}

// A first start that fails needs a person: it is not retried.
bool Supervisor::may_restart(const RunResult& end) const {
  return end.failure && !stopping_ && ever_worked_ && flags_.restart == Restart::on_failure;
}

}  // namespace ganesha::exporter
