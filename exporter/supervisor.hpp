// Runs NFS-Ganesha for --ganesha.run: starts what it needs, starts it, tells when it serves, and says what to
// do at its end. main.cpp owns one and exits with the code that run() returns.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "exporter/flags.hpp"
#include "exporter/log.hpp"
#include "exporter/restart_wait.hpp"
#include "exporter/runtime_folder.hpp"
#include "exporter/services.hpp"
#include "exporter/supervised.hpp"
#include "ganesha/ganesha.hpp"
#include "ganesha/guard.hpp"
#include "ganesha/reaper.hpp"

namespace ganesha::exporter {

class Supervisor {
 public:
  // Decides which bus is used. Forks the guard: to be made before any thread. Throws std::runtime_error.
  Supervisor(boost::asio::io_context& loop, const Flags& flags, Log& log);

  // The bus that NFS-Ganesha will be found on.
  const std::string& bus_address() const noexcept { return bus_address_; }
  std::shared_ptr<const Supervised> facts() const noexcept { return facts_; }

  // Runs NFS-Ganesha until stop() or an end that is not followed by a restart; returns the exit code, with
  // nothing left running. `bus` is to be connected to bus_address() from `on_bus` on.
  boost::asio::awaitable<int> run(dbus::Bus& bus, std::function<void()> on_bus);
  void stop();
  // SIGHUP: NFS-Ganesha reads its exports again.
  void hang_up();

 private:
  // How one life of the server ended. `failure` is empty where nothing is wrong.
  struct End {
    int code = 0;
    std::optional<Failure> failure;
  };

  boost::asio::awaitable<End> live(dbus::Bus& bus);
  boost::asio::awaitable<std::optional<Failure>> prepare(const Config& config);
  boost::asio::awaitable<std::optional<Failure>> name_is_free(dbus::Bus& bus);
  boost::asio::awaitable<void> watch_ready(std::shared_ptr<Ganesha> ganesha);
  boost::asio::awaitable<void> until_something();
  boost::asio::awaitable<End> verdict();
  boost::asio::awaitable<End> verdict_on(Exit exit);
  boost::asio::awaitable<bool> close();
  boost::asio::awaitable<void> pause(dbus::Duration wait);
  boost::system::result<void> start(dbus::Bus& bus, const Config& config);
  void note_end();
  bool may_restart(const End& end) const;

  boost::asio::any_io_executor loop_;
  const GaneshaFlags& flags_;
  std::string service_;
  bool heartbeat_;
  Log& log_;
  std::unique_ptr<dbus::Clock> clock_;
  RuntimeFolder folder_;
  std::string bus_address_;
  bool own_bus_;
  Guard guard_;
  dbus::Condition changed_;
  Services services_;
  std::optional<Reaper> reaper_;
  std::shared_ptr<Supervised> facts_ = std::make_shared<Supervised>();
  std::function<void()> on_bus_;
  std::shared_ptr<Ganesha> ganesha_;
  std::string not_ready_;  // why, once the start timeout has passed
  bool ever_ready_ = false;
  bool stopping_ = false;
  dbus::TimePoint ready_at_{};
  dbus::Duration served_{};  // by the server that died last
  RestartWait restart_wait_;
};

}  // namespace ganesha::exporter
