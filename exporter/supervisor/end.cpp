// How the supervisor stops a server, and how it judges its end.

#include <csignal>

#include "exporter/base/duration.hpp"
#include "exporter/supervisor/dependency_commands.hpp"
#include "exporter/supervisor/supervisor.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

// Ganesha exits with code 1 when its bus dies; the death of the bus may be noticed a little later.
constexpr milliseconds bus_death_shows{200};
constexpr int killed = 128 + SIGKILL;

}  // namespace

// Why this run ends. Stops the server if it still runs.
asio::awaitable<Supervisor::RunResult> Supervisor::shutdown_reason() {
  if (!stopping_ && !ganesha_->running()) co_return co_await exit_result(*ganesha_->process()->exit());
  auto failure = dependencies_.ended();
  if (failure)
    failure->why += "; NFS-Ganesha cannot run without it";
  else
    failure = Failure{"NFS-Ganesha was not initialized within " + format_duration(flags_.start_timeout) +
                          ": " + std::string(text_of(ganesha_->state())),
                      ganesha_->process()->last_lines()};
  const bool clean = co_await stop_nfsd();
  if (!stopping_) co_return RunResult{1, std::move(failure)};
  co_return RunResult{clean ? 0 : killed, std::nullopt};
}

asio::awaitable<Supervisor::RunResult> Supervisor::exit_result(Exit exit) {
  if (exit.code == 1 && !dependencies_.ended()) co_await pause(bus_death_shows);
  auto failure = dependencies_.ended();
  if (failure) {
    failure->why += ", and NFS-Ganesha with it (" + exit.text() + ")";
    co_return RunResult{1, std::move(failure)};
  }
  const bool initialized = ganesha_->initialized();
  if (exit == Exit{} && initialized) {
    log_.info("NFS-Ganesha exited cleanly by itself");
    co_return RunResult{};
  }
  std::string why =
      "NFS-Ganesha ended with " + exit.text() + (initialized ? "" : " before it was initialized");
  if (!private_bus_ && !bus_reachable(bus_address_)) why += "; the bus at " + bus_address_ + " is gone";
  const int code = initialized || exit.signal ? exit.shell_code() : 1;
  co_return RunResult{code, Failure{std::move(why), ganesha_->process()->last_lines()}};
}

asio::awaitable<bool> Supervisor::stop_nfsd() {
  asked_to_end_ = true;
  const bool clean = co_await ganesha_->close(clock_->now() + flags_.stop_timeout);
  const auto& exit = ganesha_->process()->exit();
  if (clean && exit != Exit{}) log_.warn("NFS-Ganesha was stopped and ended with " + exit->text());
  if (!clean)
    log_.error("NFS-Ganesha did not stop within " + format_duration(flags_.stop_timeout) + " and was killed");
  co_return clean;
}

void Supervisor::note_end() {
  const auto now = clock_->now();
  served_ = initialized_at_ ? now - *initialized_at_ : dbus::Duration::zero();
  if (ganesha_->initialized()) status_->gone_since = now;
  // A server that appeared on the bus was polled, and a poll may have killed it.
  ever_worked_ |= ganesha_->works() || exporter_->bus.owner_generation() != owner_at_start_;
  status_->pid = 0;
  status_->ready = false;
  status_->port_silent_since.reset();
  status_->metrics_page.reset();
  const auto& exit = ganesha_->process()->exit();
  if (!exit) return;
  status_->last_exit_code = exit->shell_code();
  report_exit_to_bus(*exit);
}

// Exits that no call of ours can have caused.
bool Supervisor::ended_by_others(const Exit& exit) {
  const bool clean = exit == Exit{} || exit.signal == SIGKILL;
  return clean || asked_to_end_ || dependencies_.ended() || !bus_reachable(bus_address_);
}

// Bus suspends methods during which servers crash.
void Supervisor::report_exit_to_bus(const Exit& exit) {
  using enum dbus::ServerExit;
  exporter_->bus.note_server_exit(ended_by_others(exit) ? clean : crashed);
}

}  // namespace ganesha::exporter
