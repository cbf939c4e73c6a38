// How the supervisor ends a server, and what it makes of its end.

#include <csignal>

#include "exporter/base/duration.hpp"
#include "exporter/supervisor/dependency_commands.hpp"
#include "exporter/supervisor/supervisor.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

// Ganesha ends with its bus, with code 1: a bus that dies may be seen a little later than that.
constexpr milliseconds bus_death_shows{200};
constexpr int killed = 128 + SIGKILL;

}  // namespace

// Says why this life ends, and ends it where it has not.
asio::awaitable<Supervisor::End> Supervisor::verdict() {
  if (!stopping_ && !ganesha_->running()) co_return co_await verdict_on(*ganesha_->process()->exit());
  auto failure = services_.ended();
  if (failure)
    failure->why += ", NFS-Ganesha cannot go on without it";
  else
    failure = Failure{"NFS-Ganesha was not initialized within " + format_duration(flags_.start_timeout) +
                          ": " + std::string(text_of(ganesha_->state())),
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
  const bool initialized = ganesha_->initialized();
  if (exit == Exit{} && initialized) {
    log_.info("NFS-Ganesha ended by itself, cleanly");
    co_return End{};
  }
  std::string why =
      "NFS-Ganesha ended with " + exit.text() + (initialized ? "" : " before it was initialized");
  if (!own_bus_ && !bus_reachable(bus_address_)) why += "; the bus at " + bus_address_ + " is gone";
  const int code = initialized || exit.signal ? exit.shell_code() : 1;
  co_return End{code, Failure{std::move(why), ganesha_->process()->last_lines()}};
}

asio::awaitable<bool> Supervisor::close() {
  asked_to_end_ = true;
  const bool clean = co_await ganesha_->close(clock_->now() + flags_.stop_timeout);
  const auto& exit = ganesha_->process()->exit();
  if (clean && exit != Exit{}) log_.warn("NFS-Ganesha, asked to end, ended with " + exit->text());
  if (!clean)
    log_.error("NFS-Ganesha did not end within " + format_duration(flags_.stop_timeout) + " and was killed");
  co_return clean;
}

void Supervisor::note_end() {
  const auto now = clock_->now();
  served_ = initialized_at_ ? now - *initialized_at_ : dbus::Duration::zero();
  if (ganesha_->initialized()) facts_->gone_since = now;
  // A server that got onto the bus was polled, and may have died of that.
  ever_worked_ |= ganesha_->works() || exporter_->bus.owner_generation() != owner_at_start_;
  facts_->pid = 0;
  facts_->ready = false;
  facts_->port_silent_since.reset();
  const auto& exit = ganesha_->process()->exit();
  if (!exit) return;
  facts_->last_exit_code = exit->shell_code();
  report_exit_to_bus(*exit);
}

// Ends that no call of ours can have caused.
bool Supervisor::ended_by_others(const Exit& exit) {
  const bool clean = exit == Exit{} || exit.signal == SIGKILL;
  return clean || asked_to_end_ || services_.ended() || !bus_reachable(bus_address_);
}

// The bus suspends methods under which servers crash.
void Supervisor::report_exit_to_bus(const Exit& exit) {
  using enum dbus::ServerExit;
  exporter_->bus.note_server_exit(ended_by_others(exit) ? clean : crashed);
}

}  // namespace ganesha::exporter
