// One run of ganesha.nfsd: its start, whether it is ready, its stop. The supervisor makes one for each start.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dbus/bus.hpp"
#include "ganesha/child.hpp"
#include "ganesha/config.hpp"
#include "ganesha/nfs_port.hpp"
#include "ganesha/start_lines.hpp"

namespace ganesha {

struct GaneshaOptions {
  std::string binary = "ganesha.nfsd";
  std::string config_file = "/etc/ganesha/ganesha.conf";
  std::string pid_file;
  std::string log_level = "NIV_EVENT";
  std::vector<std::string> extra_args;
  std::string bus_address;  // the one that the given Bus is connected to
  int stop_signal = SIGTERM;
  pid_t group = 0;
  bool heartbeat = true;  // false: none is expected
  Config config;
};

// How far the server is with its start. in_grace and ready serve; in grace clients can only reclaim locks.
enum class Readiness {
  not_running,
  starting,
  port_silent,
  no_name,
  no_heartbeat,
  no_answer,
  no_export,
  in_grace,
  ready
};

std::string_view text_of(Readiness state);
constexpr bool serves(Readiness state) { return state == Readiness::in_grace || state == Readiness::ready; }

class Ganesha {
 public:
  Ganesha(boost::asio::any_io_executor loop, dbus::Bus& bus, GaneshaOptions options, ChildEvents events = {});

  // Starts the server and waits for its end: how it exited, or why it could not be started. For programs
  // without a supervisor; ours calls start().
  boost::asio::awaitable<boost::system::result<Exit>> run();
  // Starts the process; the error at once when it cannot be started.
  boost::system::result<void> start();
  // Sends the stop signal, and SIGKILL at `deadline`. True if it ended without SIGKILL.
  boost::asio::awaitable<bool> close(dbus::TimePoint deadline);

  // The server reloads its configuration: from now on these exports are expected.
  void expect_exports(const Config& config);

  // Waits until the server logs that it is initialized; if its log does not show it, until it has answered on
  // its NFS port or on the bus for a second. False when it ended or `deadline` came first.
  boost::asio::awaitable<bool> is_initialized(dbus::TimePoint deadline);
  // Waits a few seconds for the NFS port of an initialized server to answer, once per run.
  boost::asio::awaitable<NfsPort::Answer> answers_on_port();
  // Waits until the server serves: it is initialized, a heartbeat came since start(), ShowExports answers
  // with one of the configured exports at least. Waits for the NFS port too, but not for long: clients may
  // reach a server that we cannot. Otherwise what was missing when `deadline` came or it ended.
  boost::asio::awaitable<Readiness> is_ready(dbus::TimePoint deadline);

  bool running() const { return child_ && !child_->exit(); }
  bool initialized() const;
  // Whether it has shown that it works: by its log, or by an answer.
  bool works() const { return lines_->initialized() || first_answer_; }
  // Sends NULL calls to the sockets that it has now. An answer counts for works().
  boost::asio::awaitable<void> probe_port();
  // What is_ready() has found so far.
  Readiness state() const noexcept { return state_; }
  NfsPort& port() noexcept { return port_; }
  const StartLines& lines() const noexcept { return *lines_; }
  const Config& config() const noexcept { return options_.config; }
  // Null before start().
  Child* process() const { return child_.get(); }

 private:
  Command command() const;
  bool heartbeat_came() const;
  boost::asio::awaitable<void> probe();
  boost::asio::awaitable<Readiness> check();
  boost::asio::awaitable<void> pause(dbus::Duration wait, dbus::TimePoint deadline);

  boost::asio::any_io_executor loop_;
  dbus::Bus& bus_;
  GaneshaOptions options_;
  ChildEvents events_;
  std::shared_ptr<Child> child_;
  // The child may outlive us.
  std::shared_ptr<StartLines> lines_ = std::make_shared<StartLines>();
  NfsPort port_;
  std::uint64_t heartbeats_at_start_ = 0;
  std::optional<NfsPort::Answer> port_answer_;
  std::optional<dbus::TimePoint> first_answer_;
  Readiness state_ = Readiness::starting;
};

}  // namespace ganesha
