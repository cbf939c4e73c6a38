#include "exporter/supervisor/supervisor.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <csignal>

#include "exporter/base/duration.hpp"
#include "exporter/supervisor/dependency_commands.hpp"
#include "ganesha/bus_name.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

// dbus-daemon and rpcbind start in a moment or not at all.
constexpr milliseconds service_patience{5'000};

std::string found_bus(const Options& flags, const RuntimeDir& folder) {
  if (!flags.dbus_address.empty()) return flags.dbus_address;
  const auto system = system_bus_address();
  return bus_reachable(system) ? system : private_bus_address(folder.path());
}

// As the configuration names it, unless a flag does. A configuration that cannot be read is reported at the
// start of the server.
std::string found_service(const Options& flags) {
  if (flags.dbus_service_given) return flags.dbus_service_name;
  try {
    return bus_name(read_config(flags.ganesha.config_file).dbus_name_prefix);
  } catch (const std::exception&) {
    return flags.dbus_service_name;
  }
}

std::vector<std::string> files_in(const RuntimeDir& folder) {
  return {folder.path() / "bus", folder.path() / "bus.conf", folder.path() / "ganesha.pid"};
}

asio::awaitable<NfsPort::Answer> ask_port(std::shared_ptr<Ganesha> ganesha) {
  if (!ganesha || !ganesha->running() || !ganesha->initialized()) co_return NfsPort::Answer::unknown;
  co_return co_await ganesha->port().ask();
}

}  // namespace

Supervisor::Supervisor(asio::io_context& loop, const Options& flags, Log& log)
    : loop_(loop.get_executor()),
      flags_(flags.ganesha),
      service_(found_service(flags)),
      heartbeat_(flags.heartbeat_timeout.count() > 0),
      log_(log),
      clock_(dbus::make_real_clock(loop_)),
      bus_address_(found_bus(flags, folder_)),
      own_bus_(bus_address_ == private_bus_address(folder_.path())),
      guard_(files_in(folder_), folder_.path()),
      changed_(*clock_),
      services_(loop_, *clock_, log, std::min(service_patience, flags_.start_timeout),
                [this] { changed_.notify_all(); }) {
  facts_->start_timeout = flags_.start_timeout;
  facts_->gone_since = clock_->now();
  facts_->not_ready = [this] { return why_not_ready(); };
  const auto is_own = [this](pid_t pid) { return pid == facts_->pid || services_.owns(pid); };
  if (getpid() == 1) reaper_.emplace(loop_, is_own);
}

asio::awaitable<int> Supervisor::run(Exporter exporter) {
  exporter_.emplace(std::move(exporter));
  port_watch_.emplace(*clock_, *facts_,
                      PortWatch::Server{exporter_->is_up, [this] { return ask_port(ganesha_); }});
  asio::co_spawn(loop_, port_watch_->run(), asio::detached);
  while (true) {
    const End end = co_await live();
    if (end.failure) log_.error(end.failure->why, {{"output", end.failure->output}});
    if (!may_restart(end)) {
      // Nobody is to be surprised when the bus goes.
      exporter_->bus.stop();
      co_await services_.stop();
      co_return end.code;
    }
    const auto wait = restart_wait_.next(served_);
    log_.warn("Restarting NFS-Ganesha", {{"wait", format_duration(std::chrono::ceil<milliseconds>(wait))}});
    co_await pause(wait);
    ++facts_->restarts;
  }
}

void Supervisor::stop() {
  stopping_ = true;
  services_.give_up();
  changed_.notify_all();
}

void Supervisor::hang_up() {
  // Before it is initialized it may have no handler, and the signal would end it.
  if (!ganesha_ || !ganesha_->running() || !ganesha_->initialized()) {
    log_.info("SIGHUP is ignored: NFS-Ganesha is not initialized");
    return;
  }
  log_.info("Passing SIGHUP on to NFS-Ganesha");
  ganesha_->process()->signal(SIGHUP);
  read_configuration_again();
}

asio::awaitable<Supervisor::End> Supervisor::live() {
  if (stopping_) co_return End{};
  Config config;
  try {
    config = read_config(flags_.config_file);
  } catch (const std::exception& error) {
    co_return End{1, Failure{error.what(), {}}};
  }
  note_configuration(config);
  auto unprepared = co_await prepare(config);
  if (!unprepared && exporter_->on_bus) std::exchange(exporter_->on_bus, nullptr)();
  if (!unprepared) unprepared = co_await name_is_free();
  if (stopping_) co_return End{};
  if (unprepared) co_return End{1, std::move(unprepared)};
  const auto started = start(config);
  if (!started) {
    const auto why = "cannot start " + flags_.binary + ": " + started.error().message();
    co_return End{1, Failure{why, {}}};
  }
  co_await until_something();
  const End end = co_await verdict();
  note_end();
  co_return end;
}

// Also returns where the server has not shown within the start timeout that it works.
asio::awaitable<void> Supervisor::until_something() {
  const auto latest = clock_->now() + flags_.start_timeout;
  bool judged = false;
  while (!stopping_ && ganesha_->running() && !services_.ended()) {
    if (clock_->now() >= latest && !std::exchange(judged, true)) {
      const bool failed = co_await start_failed();
      if (failed) co_return;
    }
    co_await changed_.wait_until(judged ? dbus::TimePoint::max() : latest);
  }
}

// A server of which nothing can be seen may work all the same.
asio::awaitable<bool> Supervisor::start_failed() {
  if (!ganesha_->works()) co_await ganesha_->look_at_port();
  if (ganesha_->works()) co_return false;
  if (ganesha_->port().readable()) co_return true;
  log_.warn("Whether NFS-Ganesha is initialized cannot be seen: it is left alone",
            {{"reason", ganesha_->port().text()}});
  co_return false;
}

asio::awaitable<void> Supervisor::pause(dbus::Duration wait) {
  const auto deadline = clock_->now() + wait;
  bool waiting = true;
  while (waiting && !stopping_) waiting = co_await changed_.wait_until(deadline);
}

// A first start that fails is a mistake to mend, not to repeat.
bool Supervisor::may_restart(const End& end) const {
  return end.failure && !stopping_ && ever_worked_ && flags_.restart == Restart::on_failure;
}

}  // namespace ganesha::exporter
