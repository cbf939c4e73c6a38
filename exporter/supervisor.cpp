#include "exporter/supervisor.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <csignal>

#include "exporter/duration.hpp"
#include "exporter/local_services.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

// dbus-daemon and rpcbind start in a moment or not at all.
constexpr milliseconds service_patience{5'000};
constexpr milliseconds between_checks{10};
// Ganesha ends with its bus, with code 1: a bus that dies may be seen a little later than that.
constexpr milliseconds bus_death_shows{200};
constexpr milliseconds verdict_shows{100};
constexpr int killed = 128 + SIGKILL;

constexpr const char* bus_name = "the private dbus-daemon";

// Ganesha's lines say how bad they are: ":CRIT :".
void log_line(Log& log, const std::string& line) {
  const auto has = [&line](const char* severity) { return line.find(severity) != line.npos; };
  if (has(" :FATAL :") || has(" :CRIT :") || has(" :MAJ :"))
    log.error(line, {{"source", "ganesha.nfsd"}});
  else if (has(" :WARN :"))
    log.warn(line, {{"source", "ganesha.nfsd"}});
  else
    log.info(line, {{"source", "ganesha.nfsd"}});
}

std::string found_bus(const Flags& flags, const RuntimeFolder& folder) {
  if (!flags.dbus_address.empty()) return flags.dbus_address;
  const auto system = system_bus_address();
  return bus_reachable(system) ? system : private_bus_address(folder.path());
}

std::vector<std::string> files_in(const RuntimeFolder& folder) {
  return {folder.path() / "bus", folder.path() / "bus.conf", folder.path() / "ganesha.pid"};
}

}  // namespace

Supervisor::Supervisor(asio::io_context& loop, const Flags& flags, Log& log)
    : loop_(loop.get_executor()),
      flags_(flags.ganesha),
      service_(flags.dbus_service_name),
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
  const auto is_own = [this](pid_t pid) { return pid == facts_->pid || services_.owns(pid); };
  if (getpid() == 1) reaper_.emplace(loop_, is_own);
}

asio::awaitable<int> Supervisor::run(dbus::Bus& bus, std::function<void()> on_bus) {
  on_bus_ = std::move(on_bus);
  while (true) {
    const End end = co_await live(bus);
    if (end.failure) log_.error(end.failure->why, {{"output", end.failure->output}});
    if (!may_restart(end)) {
      // Nobody is to be surprised when the bus goes.
      bus.stop();
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
  // Before it is ready it has no handler, and the signal would end it.
  if (!facts_->ready || !ganesha_ || !ganesha_->running()) return;
  log_.info("Passing SIGHUP on to NFS-Ganesha");
  ganesha_->process()->signal(SIGHUP);
}

asio::awaitable<Supervisor::End> Supervisor::live(dbus::Bus& bus) {
  if (stopping_) co_return End{};
  Config config;
  try {
    config = read_config(flags_.config_file);
  } catch (const std::exception& error) {
    co_return End{1, Failure{error.what(), {}}};
  }
  auto unprepared = co_await prepare(config);
  if (!unprepared && on_bus_) std::exchange(on_bus_, nullptr)();
  if (!unprepared) unprepared = co_await name_is_free(bus);
  if (stopping_) co_return End{};
  if (unprepared) co_return End{1, std::move(unprepared)};
  const auto started = start(bus, config);
  if (!started) {
    const auto why = "cannot start " + flags_.binary + ": " + started.error().message();
    co_return End{1, Failure{why, {}}};
  }
  co_await until_something();
  const End end = co_await verdict();
  note_end();
  co_return end;
}

asio::awaitable<std::optional<Failure>> Supervisor::prepare(const Config& config) {
  const auto in_group = [this](Command command) {
    command.group = guard_.group();
    return command;
  };
  if (own_bus_) {
    Service bus{bus_name, in_group(private_bus_command(folder_.path(), service_)),
                [this] { return bus_reachable(bus_address_); }};
    auto failure = co_await services_.start(bus);
    if (failure) co_return failure;
  } else if (!bus_reachable(bus_address_)) {
    co_return Failure{"the bus at " + bus_address_ + " cannot be reached", {}};
  }
  if (!config.needs_rpcbind() || rpcbind_reachable()) co_return std::nullopt;
  const Service rpcbind{"rpcbind", in_group(rpcbind_command()), rpcbind_reachable};
  co_return co_await services_.start(rpcbind);
}

// A server that cannot have its name goes on without a bus; then another's figures would be shown as its own.
asio::awaitable<std::optional<Failure>> Supervisor::name_is_free(dbus::Bus& bus) {
  if (own_bus_) co_return std::nullopt;
  const auto deadline = clock_->now() + flags_.start_timeout;
  while (!bus.owner_known() && !stopping_ && clock_->now() < deadline) co_await pause(between_checks);
  if (!bus.owner_known()) co_return Failure{"the bus at " + bus_address_ + " does not answer", {}};
  if (bus.owner().empty()) co_return std::nullopt;
  co_return Failure{"another NFS-Ganesha owns " + service_ + " on the bus at " + bus_address_ +
                        ": stop it, or choose another bus with --dbus.address",
                    {}};
}

boost::system::result<void> Supervisor::start(dbus::Bus& bus, const Config& config) {
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
  not_ready_.clear();
  ganesha_ = std::make_shared<Ganesha>(
      loop_, bus, options,
      ChildEvents{[this](const auto& line) { log_line(log_, line); }, [this] { changed_.notify_all(); }});
  const auto started = ganesha_->start();
  if (!started) return started;
  facts_->pid = ganesha_->process()->pid();
  log_.info("Started NFS-Ganesha",
            {{"pid", std::to_string(facts_->pid)}, {"config", flags_.config_file}, {"bus", bus_address_}});
  asio::co_spawn(loop_, watch_ready(ganesha_), asio::detached);
  return {};
}

asio::awaitable<void> Supervisor::watch_ready(std::shared_ptr<Ganesha> ganesha) {
  const auto state = co_await ganesha->is_ready(clock_->now() + flags_.start_timeout);
  if (ganesha != ganesha_ || !ganesha->running() || stopping_ || !not_ready_.empty()) co_return;
  if (serves(state)) {
    facts_->ready = ever_ready_ = true;
    ready_at_ = clock_->now();
    log_.info("NFS-Ganesha is ready", {{"in_grace", state == Readiness::in_grace ? "true" : "false"}});
  } else {
    not_ready_ = text_of(state);
    changed_.notify_all();
  }
}

asio::awaitable<void> Supervisor::until_something() {
  // Whoever watches for readiness is late where a call to the server hangs.
  const auto latest = clock_->now() + flags_.start_timeout + verdict_shows;
  while (!stopping_ && ganesha_->running() && not_ready_.empty() && !services_.ended()) {
    const bool in_time = co_await changed_.wait_until(facts_->ready ? dbus::TimePoint::max() : latest);
    if (!in_time && !facts_->ready) not_ready_ = text_of(Readiness::no_answer);
  }
}

// Says why this life ends, and ends it where it has not.
asio::awaitable<Supervisor::End> Supervisor::verdict() {
  if (!stopping_ && !ganesha_->running()) co_return co_await verdict_on(*ganesha_->process()->exit());
  auto failure = services_.ended();
  if (failure) failure->why += ", NFS-Ganesha cannot go on without it";
  if (!failure && !not_ready_.empty())
    failure = Failure{
        "NFS-Ganesha was not ready within " + format_duration(flags_.start_timeout) + ": " + not_ready_,
        ganesha_->process()->last_lines()};
  const bool clean = co_await close();
  if (!stopping_) co_return End{1, std::move(failure)};
  co_return End{clean ? 0 : killed, std::nullopt};
}

asio::awaitable<Supervisor::End> Supervisor::verdict_on(Exit exit) {
  if (exit.code == 1 && !services_.ended()) co_await pause(bus_death_shows);
  auto failure = services_.ended();
  if (failure) {
    failure->why += ", and NFS-Ganesha with it (" + exit.text() + ")";
    co_return End{1, std::move(failure)};
  }
  const bool was_ready = facts_->ready;
  if (exit == Exit{} && was_ready) {
    log_.info("NFS-Ganesha ended by itself, cleanly");
    co_return End{};
  }
  std::string why = "NFS-Ganesha ended with " + exit.text() + (was_ready ? "" : " before it was ready");
  if (!own_bus_ && !bus_reachable(bus_address_)) why += "; the bus at " + bus_address_ + " is gone";
  const int code = was_ready || exit.signal ? exit.shell_code() : 1;
  co_return End{code, Failure{std::move(why), ganesha_->process()->last_lines()}};
}

asio::awaitable<bool> Supervisor::close() {
  const bool clean = co_await ganesha_->close(clock_->now() + flags_.stop_timeout);
  const auto& exit = ganesha_->process()->exit();
  if (clean && exit != Exit{}) log_.warn("NFS-Ganesha, asked to end, ended with " + exit->text());
  if (!clean)
    log_.error("NFS-Ganesha did not end within " + format_duration(flags_.stop_timeout) + " and was killed");
  co_return clean;
}

asio::awaitable<void> Supervisor::pause(dbus::Duration wait) {
  const auto deadline = clock_->now() + wait;
  bool waiting = true;
  while (waiting && !stopping_) waiting = co_await changed_.wait_until(deadline);
}

void Supervisor::note_end() {
  served_ = facts_->ready ? clock_->now() - ready_at_ : dbus::Duration::zero();
  facts_->pid = 0;
  facts_->ready = false;
  const auto& exit = ganesha_->process()->exit();
  if (exit) facts_->last_exit_code = exit->shell_code();
}

// A first start that fails is a mistake to mend, not to repeat.
bool Supervisor::may_restart(const End& end) const {
  return end.failure && !stopping_ && ever_ready_ && flags_.restart == Restart::on_failure;
}

}  // namespace ganesha::exporter
