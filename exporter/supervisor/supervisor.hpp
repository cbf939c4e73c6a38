// Runs NFS-Ganesha for --ganesha.run: starts what it needs, starts it, reports when it serves, and says what
// to do at its end. main.cpp owns one and exits with the code that run() returns.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "exporter/base/log.hpp"
#include "exporter/model/options.hpp"
#include "exporter/supervisor/dependencies.hpp"
#include "exporter/supervisor/port_watch.hpp"
#include "exporter/supervisor/restart_backoff.hpp"
#include "exporter/supervisor/runtime_dir.hpp"
#include "exporter/supervisor/supervisor_status.hpp"
#include "ganesha/ganesha.hpp"
#include "ganesha/guard.hpp"
#include "ganesha/reaper.hpp"

namespace ganesha::exporter {

class Supervisor {
 public:
  // What the exporter does for it.
  struct Exporter {
    dbus::Bus& bus;
    std::function<void()> on_bus;  // the bus is there: connect
    std::function<bool()> is_up;   // the server is seen to live on the bus
  };

  // Decides which bus is used. Forks the guard: to be made before any thread. Throws std::runtime_error.
  Supervisor(boost::asio::io_context& loop, const Options& flags, Log& log);

  // The bus that NFS-Ganesha will be found on, and its name there.
  const std::string& bus_address() const noexcept { return bus_address_; }
  const std::string& service() const noexcept { return service_; }
  std::shared_ptr<const SupervisorStatus> facts() const noexcept { return facts_; }

  // Runs NFS-Ganesha until stop() or an end that is not followed by a restart; returns the exit code, with
  // nothing left running.
  boost::asio::awaitable<int> run(Exporter exporter);
  void stop();
  // SIGHUP: NFS-Ganesha reads its exports again, once it is initialized.
  void hang_up();

 private:
  // How one life of the server ended. `failure` is empty where nothing is wrong.
  struct End {
    int code = 0;
    std::optional<Failure> failure;
  };
  using Life = std::shared_ptr<Ganesha>;

  boost::asio::awaitable<End> live();
  void note_configuration(const Config& config);
  void read_configuration_again();
  boost::asio::awaitable<void> until_something();
  boost::asio::awaitable<bool> start_failed();
  bool may_restart(const End& end) const;
  boost::asio::awaitable<void> pause(dbus::Duration wait);

  // ---- its start: supervisor_start.cpp ----
  boost::asio::awaitable<std::optional<Failure>> prepare(const Config& config);
  boost::asio::awaitable<std::optional<Failure>> prepare_bus();
  boost::asio::awaitable<std::optional<Failure>> prepare_rpcbind();
  boost::asio::awaitable<void> prepare_statd();
  boost::asio::awaitable<std::optional<Failure>> name_is_free();
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

  // ---- its end: supervisor_end.cpp ----
  boost::asio::awaitable<End> verdict();
  boost::asio::awaitable<End> verdict_on(Exit exit);
  boost::asio::awaitable<bool> close();
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
  std::string bus_address_;
  bool own_bus_;
  GroupGuard guard_;
  dbus::Condition changed_;
  Dependencies services_;
  std::optional<Reaper> reaper_;
  std::shared_ptr<SupervisorStatus> facts_ = std::make_shared<SupervisorStatus>();
  std::optional<Exporter> exporter_;
  std::optional<PortWatch> port_watch_;
  Life ganesha_;
  std::uint64_t owner_at_start_ = 0;  // the bus's count of owners when this life began
  std::optional<dbus::TimePoint> initialized_at_;
  bool ever_worked_ = false;
  bool asked_to_end_ = false;
  bool stopping_ = false;
  dbus::Duration served_{};  // by the server that died last
  RestartBackoff restart_wait_;
};

}  // namespace ganesha::exporter
