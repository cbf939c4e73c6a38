// Runs NFS-Ganesha for --ganesha.run: starts its dependencies, starts the server, reports when it is ready,
// and decides what follows when it ends. running.cpp owns one and exits with the code that run() returns.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "exporter/base/log.hpp"
#include "exporter/model/options.hpp"
#include "exporter/supervisor/bus_path.hpp"
#include "exporter/supervisor/dependencies.hpp"
#include "exporter/supervisor/port_watch.hpp"
#include "exporter/supervisor/restart_backoff.hpp"
#include "exporter/supervisor/runtime_dir.hpp"
#include "exporter/supervisor/supervisor_status.hpp"
#include "ganesha/ganesha.hpp"
#include "ganesha/group_guard.hpp"
#include "ganesha/reaper.hpp"

namespace ganesha::exporter {

class Supervisor {
 public:
  // What the exporter does for it.
  struct Exporter {
    dbus::Bus& bus;
    std::function<void()> on_bus;  // the bus is available: connect
    std::function<bool()> is_up;   // the server is up, judged by its heartbeats
  };

  // Chooses the bus, and forks the guard. Throws std::runtime_error.
  Supervisor(boost::asio::io_context& loop, const Options& flags, Log& log);

  // The bus that NFS-Ganesha will be found on, and its name there.
  const std::string& bus_address() const noexcept { return bus_address_; }
  const std::string& service() const noexcept { return service_; }
  std::shared_ptr<const SupervisorStatus> status() const noexcept { return status_; }

  // Runs NFS-Ganesha until stop(), or until it ends and is not restarted. Returns the exit code; nothing is
  // left running.
  boost::asio::awaitable<int> run(Exporter exporter);
  void stop();
  // SIGHUP: NFS-Ganesha reloads its exports, if it is initialized.
  void reload();
  // False while a file is read, which cannot be interrupted.
  bool idle() const { return reads_ == 0; }

 private:
  // How one run of the server ended. `failure` is empty if nothing is wrong.
  struct RunResult {
    int code = 0;
    std::optional<Failure> failure;
  };
  using Life = std::shared_ptr<Ganesha>;

  boost::asio::awaitable<RunResult> run_once();
  boost::asio::awaitable<std::optional<Failure>> launch();
  void note_configuration(const Config& config);
  boost::asio::awaitable<void> reload_configuration(Life life);
  boost::asio::awaitable<void> wait_for_event();
  boost::asio::awaitable<bool> start_failed();
  bool may_restart(const RunResult& end) const;
  boost::asio::awaitable<void> pause(dbus::Duration wait);

  // ---- starting it: start.cpp ----
  boost::asio::awaitable<std::optional<Failure>> prepare(const Config& config);
  boost::asio::awaitable<std::optional<Failure>> prepare_bus();
  boost::asio::awaitable<std::optional<Failure>> prepare_rpcbind(const Config& config);
  boost::asio::awaitable<void> prepare_statd();
  boost::asio::awaitable<std::optional<Failure>> check_name_is_free();
  GaneshaOptions options(const Config& config) const;
  boost::system::result<void> start(const Config& config);
  Command in_group(Command command) const;
  bool is_current(const Life& life) const;
  boost::asio::awaitable<void> watch_start(Life life);
  void report_port(Ganesha& ganesha, NfsPort::Answer answer);
  boost::asio::awaitable<void> report_name(Life life);
  boost::asio::awaitable<void> watch_ready(Life life);
  std::string why_not_ready() const;
  std::string name_trouble(const Ganesha& ganesha) const;

  // ---- stopping it: end.cpp ----
  boost::asio::awaitable<RunResult> shutdown_reason();
  boost::asio::awaitable<RunResult> exit_result(Exit exit);
  boost::asio::awaitable<bool> stop_nfsd();
  void note_end();
  bool ended_by_others(const Exit& exit);
  void report_exit_to_bus(const Exit& exit);

  boost::asio::any_io_executor loop_;
  const RunOptions& flags_;
  std::string service_;
  bool heartbeat_;
  Log& log_;
  std::unique_ptr<dbus::Clock> clock_;
  RuntimeDir folder_;
  std::unique_ptr<BusPath> private_bus_;  // where the bus is ours to start
  std::string bus_address_;
  GroupGuard guard_;
  dbus::Condition changed_;
  Dependencies dependencies_;
  std::optional<Reaper> reaper_;
  std::shared_ptr<SupervisorStatus> status_ = std::make_shared<SupervisorStatus>();
  std::optional<Exporter> exporter_;
  std::optional<PortWatch> port_watch_;
  Life ganesha_;
  std::uint64_t owner_at_start_ = 0;  // the bus's owner_generation() when this run began
  std::optional<dbus::TimePoint> initialized_at_;
  bool ever_worked_ = false;
  bool asked_to_end_ = false;
  bool stopping_ = false;
  dbus::Duration served_{};  // how long the last server served
  RestartBackoff restart_backoff_;
  int reads_ = 0;
  boost::asio::thread_pool reader_{1};
};

}  // namespace ganesha::exporter
