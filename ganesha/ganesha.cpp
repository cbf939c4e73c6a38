#include "ganesha.hpp"

#include <algorithm>

#include "dbus/admin_mgr.hpp"
#include "dbus/export_mgr.hpp"
#include "ganesha/null_call.hpp"

namespace ganesha {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;

constexpr std::string_view initialized_line = "NFS SERVER INITIALIZED";
// 6.x ends with a backtrace, longer than the lines that are kept, behind the line that says why.
constexpr std::string_view backtrace = " gsh_backtrace :";
// What Ganesha's own service file asks for.
constexpr std::uint64_t descriptors = 1'048'576;
constexpr milliseconds between_checks{20};
constexpr milliseconds null_call_timeout{2'000};
// Heartbeats and answers begin up to a quarter of a second before the server is initialized (seen on 4.3).
// Where its log is sent elsewhere or too quiet to tell, this much later is late enough.
constexpr milliseconds settling{1'000};

// The loopback address stands for all addresses.
asio::ip::address reachable(const std::string& bind_address) {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(bind_address, error);
  if (error || address == asio::ip::address_v4::any()) return asio::ip::address_v4::loopback();
  if (address == asio::ip::address_v6::any()) return asio::ip::address_v6::loopback();
  return address;
}

}  // namespace

std::string_view text_of(Readiness state) {
  switch (state) {
    case Readiness::not_running:
      return "it is not running";
    case Readiness::starting:
      return "it is still starting";
    case Readiness::no_heartbeat:
      return "no heartbeat came over the bus";
    case Readiness::no_answer:
      return "it does not answer on the bus";
    case Readiness::port_silent:
      return "its NFS port does not answer";
    case Readiness::in_grace:
      return "it is ready, in grace";
    case Readiness::ready:
      return "it is ready";
  }
  return "";
}

Ganesha::Ganesha(asio::any_io_executor loop, dbus::Bus& bus, GaneshaOptions options, ChildEvents events)
    : loop_(std::move(loop)), bus_(bus), options_(std::move(options)), events_(std::move(events)) {}

boost::system::result<void> Ganesha::start() {
  auto on_line = [said = said_initialized_, told = events_.on_line](const std::string& line) {
    *said |= line.find(initialized_line) != line.npos;
    if (told) told(line);
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

asio::awaitable<bool> Ganesha::close(dbus::TimePoint deadline) {
  if (!running()) co_return true;
  co_return co_await child_->stop(options_.stop_signal, deadline);
}

asio::awaitable<Readiness> Ganesha::is_ready(dbus::TimePoint deadline) {
  const auto beats = bus_.beats();
  auto state = Readiness::not_running;
  bool in_time = true;
  while (in_time && running()) {
    state = co_await check(beats, deadline);
    if (serves(state) || !running()) break;
    const auto now = bus_.clock().now();
    in_time = now < deadline;
    const auto timer = bus_.clock().timer();
    co_await timer->wait_until(std::min(deadline, now + between_checks));
  }
  co_return running() ? state : Readiness::not_running;
}

bool Ganesha::initialized() {
  const auto now = bus_.clock().now();
  if (!first_answer_) first_answer_ = now;
  return *said_initialized_ || now >= *first_answer_ + settling;
}

bool Ganesha::heard_since(std::uint64_t beats) const {
  const bool expected = options_.heartbeat && options_.config.heartbeat.count() > 0;
  return !bus_.owner().empty() && (!expected || bus_.beats() != beats);
}

asio::awaitable<Readiness> Ganesha::check(std::uint64_t beats, dbus::TimePoint deadline) {
  if (bus_.owner().empty()) co_return Readiness::starting;
  if (!heard_since(beats)) co_return Readiness::no_heartbeat;
  const auto exports = co_await dbus::ExportMgr(bus_).show_exports();
  if (!exports) co_return Readiness::no_answer;
  if (!initialized()) co_return Readiness::starting;
  const bool port = co_await port_answers(std::min(deadline, bus_.clock().now() + null_call_timeout));
  if (!port) co_return Readiness::port_silent;
  const auto grace = co_await dbus::AdminMgr(bus_).get_grace();
  if (!grace) co_return Readiness::no_answer;
  co_return *grace ? Readiness::in_grace : Readiness::ready;
}

asio::awaitable<bool> Ganesha::port_answers(dbus::TimePoint deadline) const {
  const tcp::endpoint server(reachable(options_.config.bind_address),
                             options_.config.nfs_port.value_or(2049));
  co_return co_await answers_null_call(server, options_.config.nfsv4 ? 4 : 3, deadline);
}

}  // namespace ganesha
