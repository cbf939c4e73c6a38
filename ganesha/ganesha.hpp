// One life of ganesha.nfsd: its start, whether it serves, its stop. The supervisor makes one for each start.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dbus/bus.hpp"
#include "ganesha/child.hpp"
#include "ganesha/config.hpp"

namespace ganesha {

struct GaneshaOptions {
  std::string binary = "ganesha.nfsd";
  std::string config_file = "/etc/ganesha/ganesha.conf";
  std::string pid_file;
  std::string log_level = "NIV_EVENT";
  std::vector<std::string> extra_args;
  std::string bus_address;  // the one that the Bus given is connected to
  int stop_signal = SIGTERM;
  pid_t group = 0;
  bool heartbeat = true;  // false: none is expected
  Config config;
};

// How far the server has come. in_grace and ready serve; in grace clients can only reclaim what they held.
enum class Readiness { not_running, starting, no_heartbeat, no_answer, port_silent, in_grace, ready };

std::string_view text_of(Readiness state);
constexpr bool serves(Readiness state) { return state == Readiness::in_grace || state == Readiness::ready; }

class Ganesha {
 public:
  Ganesha(boost::asio::any_io_executor loop, dbus::Bus& bus, GaneshaOptions options, ChildEvents events = {});

  // Starts the process; the error at once when it cannot be started.
  boost::system::result<void> start();
  // Starts it and returns how it ended.
  boost::asio::awaitable<boost::system::result<Exit>> run();
  // The stop signal, then SIGKILL at `deadline`. True if it ended without that.
  boost::asio::awaitable<bool> close(dbus::TimePoint deadline);
  // Waits until the server serves: it says that it is initialized, a heartbeat came after this call,
  // ShowExports answers, and so does the NFS port. Otherwise what was missing when `deadline` came or it
  // ended.
  boost::asio::awaitable<Readiness> is_ready(dbus::TimePoint deadline);

  bool running() const { return child_ && !child_->exit(); }
  // Null before start().
  Child* process() const { return child_.get(); }

 private:
  Command command() const;
  bool initialized();
  bool heard_since(std::uint64_t beats) const;
  boost::asio::awaitable<Readiness> check(std::uint64_t beats, dbus::TimePoint deadline);
  boost::asio::awaitable<bool> port_answers(dbus::TimePoint deadline) const;

  boost::asio::any_io_executor loop_;
  dbus::Bus& bus_;
  GaneshaOptions options_;
  ChildEvents events_;
  std::shared_ptr<Child> child_;
  // The child may outlive us.
  std::shared_ptr<bool> said_initialized_ = std::make_shared<bool>(false);
  std::optional<dbus::TimePoint> first_answer_;
};

}  // namespace ganesha
