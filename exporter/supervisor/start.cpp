// How the supervisor starts a server and follows it until it is ready.

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>

#include "exporter/base/duration.hpp"
#include "exporter/base/spawned.hpp"
#include "exporter/model/health_status.hpp"
#include "exporter/supervisor/dependency_commands.hpp"
#include "exporter/supervisor/server_log.hpp"
#include "exporter/supervisor/statd.hpp"
#include "exporter/supervisor/supervisor.hpp"
#include "ganesha/served_exports.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

constexpr auto never = dbus::TimePoint::max();
constexpr milliseconds between_checks{10};
constexpr milliseconds statd_patience{3'000};
// The bus reports a new name at once; our own connection to the bus may come a little later.
constexpr milliseconds name_patience{1'000};

constexpr const char* bus_process = "the private dbus-daemon";
constexpr const char* statd_process = "rpc.statd";

}  // namespace

Command Supervisor::in_group(Command command) const {
  command.group = guard_.group();
  return command;
}

asio::awaitable<std::optional<Failure>> Supervisor::prepare(const Config& config) {
  folder_.restore();
  // What runs in the group of the guard before would outlive us.
  if (guard_.renew()) co_await dependencies_.stop();
  auto failure = co_await prepare_bus();
  if (!failure && config.needs_rpcbind()) failure = co_await prepare_rpcbind(config);
  if (!failure && config.needs_statd()) co_await prepare_statd();
  co_return failure;
}

asio::awaitable<std::optional<Failure>> Supervisor::prepare_bus() {
  if (private_bus_) {
    private_bus_->restore();
    const Dependency bus{
        bus_process, [this] { return in_group(private_bus_command(folder_.path(), bus_address_, service_)); },
        [this] { return bus_reachable(bus_address_); }};
    co_return co_await dependencies_.start(bus);
  }
  if (bus_reachable(bus_address_)) co_return std::nullopt;
  co_return Failure{"the bus at " + bus_address_ + " cannot be reached", {}};
}

asio::awaitable<std::optional<Failure>> Supervisor::prepare_rpcbind(const Config& config) {
  if (rpcbind_reachable()) co_return std::nullopt;
  const Dependency rpcbind{"rpcbind", [this] { return in_group(rpcbind_command()); }, rpcbind_reachable,
                           std::string(config.nfsv3 ? "new NFSv3 mounts" : "queries of quotas") +
                               " fail until NFS-Ganesha is started again"};
  co_return co_await dependencies_.start(rpcbind);
}

// Without it NFSv3 serves everything but locks: no reason not to start. On a host the system runs it, because
// it also reports restarts to other machines.
asio::awaitable<void> Supervisor::prepare_statd() {
  const bool there = co_await statd_answers(clock_->now() + statd_patience);
  if (there || stopping_) co_return;
  if (getpid() != 1) {
    log_.warn(
        "rpc.statd is not running: NFSv3 locks will be refused; install and start it (Debian: nfs-common)");
    co_return;
  }
  // One that runs is not known to the rpcbind of now.
  co_await dependencies_.stop(statd_process);
  const Dependency statd{statd_process, [this] { return in_group(statd_command()); }, [] { return true; },
                         "NFSv3 locks will be refused"};
  const auto failure = co_await dependencies_.start(statd);
  const auto deadline = clock_->now() + statd_patience;
  bool answers = false;
  while (!failure && !answers && !stopping_ && clock_->now() < deadline) {
    answers = co_await statd_answers(deadline);
    if (!answers) co_await pause(between_checks);
  }
  if (answers || stopping_) co_return;
  log_.warn("NFSv3 locks will be refused: " + (failure ? failure->why : "rpc.statd does not answer"));
}

// A server that cannot get its name continues without the bus; then another server's values would be shown as
// its own.
asio::awaitable<std::optional<Failure>> Supervisor::check_name_is_free() {
  if (private_bus_) co_return std::nullopt;
  auto& bus = exporter_->bus;
  const auto deadline = clock_->now() + flags_.start_timeout;
  while (!bus.owner_known() && !stopping_ && clock_->now() < deadline) co_await pause(between_checks);
  if (!bus.owner_known()) co_return Failure{"the bus at " + bus_address_ + " does not answer", {}};
  if (bus.owner().empty()) co_return std::nullopt;
  co_return Failure{"another NFS-Ganesha owns " + service_ + " on the bus at " + bus_address_ +
                        ": stop it, or choose another bus with --dbus.address",
                    {}};
}

GaneshaOptions Supervisor::options(const Config& config) const {
  GaneshaOptions options;
  options.binary = flags_.binary;
  options.config_file = flags_.config_file;
  options.pid_file = flags_.pid_file.empty() ? (folder_.path() / "ganesha.pid").string() : flags_.pid_file;
  options.log_level = flags_.log_level;
  options.extra_args = flags_.extra_args;
  options.bus_address = bus_address_;
  options.stop_signal = flags_.stop_signal;
  options.group = guard_.group();
  options.heartbeat = heartbeat_;
  options.config = config;
  return options;
}

boost::system::result<void> Supervisor::start(const Config& config) {
  initialized_at_.reset();
  asked_to_end_ = false;
  status_->metrics_page.reset();
  owner_at_start_ = exporter_->bus.owner_generation();
  ganesha_ = std::make_shared<Ganesha>(loop_, exporter_->bus, options(config),
                                       ChildEvents{[this](const auto& line) { log_server_line(log_, line); },
                                                   [this] { changed_.notify_all(); }});
  const auto started = ganesha_->start();
  if (!started) return started;
  if (status_->started_at != dbus::WallTime{}) ++status_->restarts;
  status_->pid = ganesha_->process()->pid();
  status_->started_at = clock_->wall();
  log_.info("Started NFS-Ganesha",
            {{"pid", std::to_string(status_->pid)}, {"config", flags_.config_file}, {"bus", bus_address_}});
  asio::co_spawn(loop_, watch_start(ganesha_), log_failure(log_, "Watching the start of NFS-Ganesha"));
  return {};
}

bool Supervisor::is_current(const Life& life) const {
  return life == ganesha_ && life->running() && !stopping_;
}

asio::awaitable<void> Supervisor::watch_start(Life life) {
  const bool initialized = co_await life->is_initialized(never);
  if (!initialized || !is_current(life)) co_return;
  initialized_at_ = clock_->now();
  // Now: once the server has acted for a user, /proc may no longer show its sockets.
  status_->metrics_page =
      find_metrics_page(life->config().monitoring, listening_sockets(life->process()->pid()));
  asio::co_spawn(loop_, report_name(life), log_failure(log_, "Watching the bus name of NFS-Ganesha"));
  const auto answer = co_await life->answers_on_port();
  if (is_current(life)) report_port(*life, answer);
  if (is_current(life)) co_await watch_ready(life);
}

// Clients may reach a server that we cannot: this is reported, and nothing else follows.
void Supervisor::report_port(Ganesha& ganesha, NfsPort::Answer answer) {
  if (answer == NfsPort::Answer::yes) log_.info("NFS port answers", {{"address", ganesha.port().text()}});
  if (answer == NfsPort::Answer::none)
    log_.warn("NFS-Ganesha does not answer on its NFS port", {{"tried", ganesha.port().text()}});
  if (answer == NfsPort::Answer::unknown)
    log_.warn("The NFS port of NFS-Ganesha cannot be checked: /-/healthy will not detect a server that hangs",
              {{"reason", ganesha.port().text()}});
}

asio::awaitable<void> Supervisor::report_name(Life life) {
  const auto& bus = exporter_->bus;
  const auto deadline = clock_->now() + name_patience;
  const auto refused = [&life] { return !life->lines().name_refused().empty(); };
  while (bus.owner().empty() && !refused() && is_current(life) && clock_->now() < deadline)
    co_await pause(between_checks);
  // Without a connection of our own this is unknown.
  const bool known = bus.connected() && bus.owner_known();
  if (!bus.owner().empty() || !is_current(life) || (!known && !refused())) co_return;
  log_.error(name_trouble(*life) + "; it serves NFS but cannot be monitored",
             {{"name", service_}, {"bus", bus_address_}});
}

std::string Supervisor::name_trouble(const Ganesha& ganesha) const {
  const auto& refused = ganesha.lines().name_refused();
  return "NFS-Ganesha does not own " + service_ + " on the bus at " + bus_address_ +
         (refused.empty() ? "" : ": " + refused);
}

// What is missing at the start timeout is reported once, and still waited for.
asio::awaitable<void> Supervisor::watch_ready(Life life) {
  auto state = co_await life->is_ready(*initialized_at_ + flags_.start_timeout);
  if (is_current(life) && !serves(state)) {
    log_.warn("NFS-Ganesha is initialized but not ready after " + format_duration(flags_.start_timeout),
              {{"reason", why_not_ready()}});
    state = co_await life->is_ready(never);
  }
  if (!is_current(life) || !serves(state)) co_return;
  status_->ready = true;
  log_.info("NFS-Ganesha is ready", {{"in_grace", state == Readiness::in_grace ? "true" : "false"}});
}

std::string Supervisor::why_not_ready() const {
  if (!ganesha_ || !ganesha_->running() || status_->ready) return {};
  if (exporter_->bus.holds_calls()) return std::string(calls_are_held);
  const auto state = ganesha_->state();
  if (state == Readiness::no_name) return name_trouble(*ganesha_);
  if (state == Readiness::no_export) return none_served(ganesha_->config(), ganesha_->lines());
  return "NFS-Ganesha is not ready: " + std::string(text_of(state));
}

}  // namespace ganesha::exporter
