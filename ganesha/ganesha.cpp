#include "ganesha.hpp"

#include <algorithm>

#include "dbus/admin_mgr.hpp"
#include "dbus/export_mgr.hpp"
#include "ganesha/served_exports.hpp"

namespace ganesha {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

// 6.x ends with a backtrace after the line that says why; it is longer than the lines that are kept.
constexpr std::string_view backtrace = " gsh_backtrace :";
// What Ganesha's own service file asks for.
constexpr std::uint64_t descriptors = 1'048'576;
constexpr milliseconds between_checks{20}, longest_between_checks{1'000};
// A server that is starting is not called more often.
constexpr milliseconds between_probes{2'000};
// Heartbeats and answers begin up to a quarter of a second before the server is initialized (seen on 4.3).
// If its log goes elsewhere or is too quiet to show it, this much later is late enough.
constexpr milliseconds settling{1'000};
// The port of an initialized server answers at once if we can reach it.
constexpr milliseconds port_patience{3'000};
constexpr milliseconds between_port_calls{200};

// A server that is not ready for long is not called many times a second.
dbus::Duration wait_after(dbus::Duration asked_for) {
  return std::clamp<dbus::Duration>(asked_for / 20, between_checks, longest_between_checks);
}

// A suspended method is no reason to wait.
bool is_suspended(const dbus::Error& error) { return error.code == dbus::errc::suspended; }

}  // namespace

std::string_view text_of(Readiness state) {
  switch (state) {
    case Readiness::not_running:
      return "it is not running";
    case Readiness::starting:
      return "it is still starting";
    case Readiness::port_silent:
      return "its NFS port does not answer";
    case Readiness::no_name:
      return "it does not own its name on the bus";
    case Readiness::no_heartbeat:
      return "no heartbeat received over the bus";
    case Readiness::no_answer:
      return "it does not answer on the bus";
    case Readiness::no_export:
      return "none of the configured exports is served";
    case Readiness::in_grace:
      return "it is ready, in grace";
    case Readiness::ready:
      return "it is ready";
  }
  return "";
}

Ganesha::Ganesha(asio::any_io_executor loop, dbus::Bus& bus, GaneshaOptions options, ChildEvents events)
    : loop_(std::move(loop)),
      bus_(bus),
      options_(std::move(options)),
      events_(std::move(events)),
      port_(bus.clock(), options_.config) {}

boost::system::result<void> Ganesha::start() {
  heartbeats_at_start_ = bus_.heartbeats();
  auto on_line = [lines = lines_, on_line_event = events_.on_line](const std::string& line) {
    lines->take(line);
    if (on_line_event) on_line_event(line);
  };
  const auto is_noise = [](const std::string& line) { return line.find(backtrace) != line.npos; };
  auto started = Child::start(loop_, bus_.clock(), command(), {std::move(on_line), events_.on_end, is_noise});
  if (!started) return started.error();
  child_ = std::move(*started);
  return {};
}

Command Ganesha::command() const {
  Command command;
  command.argv = {
      options_.binary,   "-F", "-f", options_.config_file, "-L", "STDOUT", "-p", options_.pid_file, "-N",
      options_.log_level};
  command.argv.insert(command.argv.end(), options_.extra_args.begin(), options_.extra_args.end());
  command.environment = {"DBUS_SYSTEM_BUS_ADDRESS=" + options_.bus_address};
  command.group = options_.group;
  command.descriptors = descriptors;
  return command;
}

asio::awaitable<boost::system::result<Exit>> Ganesha::run() {
  const auto started = start();
  if (!started) co_return started.error();
  co_await child_->ended(dbus::TimePoint::max());
  co_return *child_->exit();
}

void Ganesha::expect_exports(const Config& config) {
  options_.config.exports = config.exports;
  options_.config.unknown = config.unknown;
  lines_->forget_complaints();
}

asio::awaitable<bool> Ganesha::close(dbus::TimePoint deadline) {
  if (!running()) co_return true;
  co_return co_await child_->stop(options_.stop_signal, deadline);
}

bool Ganesha::initialized() const {
  return lines_->initialized() || (first_answer_ && bus_.clock().now() >= *first_answer_ + settling);
}

asio::awaitable<bool> Ganesha::is_initialized(dbus::TimePoint deadline) {
  auto next_probe = bus_.clock().now() + settling;
  while (running() && !initialized() && bus_.clock().now() < deadline) {
    if (!first_answer_ && bus_.clock().now() >= next_probe) {
      co_await probe();
      next_probe = bus_.clock().now() + between_probes;
    }
    co_await pause(between_checks, deadline);
  }
  co_return running() && initialized();
}

asio::awaitable<void> Ganesha::probe_port() {
  port_.find(child_->pid());
  const auto answer = co_await port_.ask();
  if (answer == NfsPort::Answer::yes && !first_answer_) first_answer_ = bus_.clock().now();
}

asio::awaitable<void> Ganesha::probe() {
  co_await probe_port();
  const bool hangs = state_ == Readiness::no_answer && bus_.unanswered() > 0;
  if (works() || bus_.owner().empty() || hangs) co_return;
  state_ = Readiness::no_answer;
  const auto exports = co_await dbus::ExportMgr(bus_).show_exports();
  if (!exports) co_return;
  state_ = Readiness::starting;
  first_answer_ = bus_.clock().now();
}

asio::awaitable<NfsPort::Answer> Ganesha::answers_on_port() {
  if (port_answer_) co_return *port_answer_;
  const auto latest = bus_.clock().now() + port_patience;
  auto answer = NfsPort::Answer::unknown;
  port_.find(child_->pid());
  while (running() && answer != NfsPort::Answer::yes && bus_.clock().now() < latest) {
    if (!port_.known()) port_.find(child_->pid());
    answer = co_await port_.ask();
    if (answer != NfsPort::Answer::yes) co_await pause(between_port_calls, latest);
  }
  port_answer_ = answer;
  co_return answer;
}

asio::awaitable<Readiness> Ganesha::is_ready(dbus::TimePoint deadline) {
  const bool in_time = co_await is_initialized(deadline);
  if (!in_time) co_return running() ? state_ : Readiness::not_running;
  state_ = Readiness::port_silent;
  co_await answers_on_port();
  const auto asked_since = bus_.clock().now();
  bool hangs = false;
  do {
    // Calls that a server has not answered are work that it still has to do: none is added.
    hangs = hangs && bus_.unanswered() > 0;
    if (!hangs) state_ = co_await check();
    hangs = state_ == Readiness::no_answer;
    if (!serves(state_)) co_await pause(wait_after(bus_.clock().now() - asked_since), deadline);
  } while (running() && !serves(state_) && bus_.clock().now() < deadline);
  co_return running() ? state_ : Readiness::not_running;
}

bool Ganesha::heartbeat_came() const {
  const bool expected = options_.heartbeat && options_.config.heartbeat.count() > 0;
  return !expected || bus_.heartbeats() != heartbeats_at_start_;
}

asio::awaitable<Readiness> Ganesha::check() {
  if (bus_.owner().empty()) co_return Readiness::no_name;
  if (!heartbeat_came()) co_return Readiness::no_heartbeat;
  state_ = Readiness::no_answer;
  const auto exports = co_await dbus::ExportMgr(bus_).show_exports();
  if (!exports && !is_suspended(exports.error())) co_return Readiness::no_answer;
  if (exports && !serves_enough(options_.config, *exports)) co_return Readiness::no_export;
  const auto grace = co_await dbus::AdminMgr(bus_).get_grace();
  if (!grace && !is_suspended(grace.error())) co_return Readiness::no_answer;
  const bool in_grace = grace && *grace;
  co_return in_grace ? Readiness::in_grace : Readiness::ready;
}

asio::awaitable<void> Ganesha::pause(dbus::Duration wait, dbus::TimePoint deadline) {
  const auto timer = bus_.clock().timer();
  co_await timer->wait_until(std::min(deadline, bus_.clock().now() + wait));
}

}  // namespace ganesha
