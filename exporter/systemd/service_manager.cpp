#include "exporter/systemd/service_manager.hpp"

#include <boost/asio/co_spawn.hpp>
#include <utility>

#include "exporter/base/spawned.hpp"
#include "exporter/systemd/watchdog.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds status_interval{1};

}  // namespace

ServiceManager::ServiceManager(asio::any_io_executor loop, ServiceEnvironment environment, Log& log)
    : loop_(std::move(loop)),
      environment_(std::move(environment)),
      log_(log),
      clock_(dbus::make_real_clock(loop_)),
      socket_(environment_.notify_socket),
      notifier_([this](const auto& message) { return send(message); }) {}

void ServiceManager::show_status(std::function<std::string()> status) {
  if (environment_.notify_socket.empty()) return;
  asio::co_spawn(loop_, tell(std::move(status)), log_failure(log_, "Notifying the service manager"));
}

void ServiceManager::beat(asio::any_io_executor worker) {
  if (environment_.notify_socket.empty() || !environment_.watchdog) return;
  auto beats = keep_beating(*clock_, *environment_.watchdog, std::move(worker), [this] { notifier_.beat(); });
  asio::co_spawn(loop_, std::move(beats), log_failure(log_, "The service manager's watchdog"));
}

void ServiceManager::refuse_watchdog() {
  if (environment_.notify_socket.empty() || !environment_.watchdog) return;
  log_.warn(
      "The service manager's watchdog is switched off: it would end NFS with the exporter. Remove "
      "WatchdogSec= "
      "from the unit");
  notifier_.refuse_watchdog();
}

asio::awaitable<void> ServiceManager::tell(std::function<std::string()> status) {
  const auto timer = clock_->timer();
  while (true) {
    notifier_.retry();
    notifier_.status(status());
    co_await timer->wait_until(clock_->now() + status_interval);
  }
}

bool ServiceManager::send(const std::string& message) {
  if (environment_.notify_socket.empty()) return true;
  const auto error = socket_.send(message);
  if (error && !std::exchange(warned_, true))
    log_.warn("Cannot notify the service manager",
              {{"socket", environment_.notify_socket}, {"reason", error.message()}});
  return !error;
}

}  // namespace ganesha::exporter
