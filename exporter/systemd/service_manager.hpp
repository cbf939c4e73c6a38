// systemd, or another service manager that gave us a notify socket: is told when the exporter is ready,
// reloads and stops, and what it does. Without such a socket nothing happens. running.cpp owns one.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>

#include "dbus/clock.hpp"
#include "exporter/base/log.hpp"
#include "exporter/systemd/notifier.hpp"
#include "exporter/systemd/notify_socket.hpp"
#include "exporter/systemd/service_environment.hpp"

namespace ganesha::exporter {

class ServiceManager {
 public:
  // It must outlive what runs on `loop`.
  ServiceManager(boost::asio::any_io_executor loop, ServiceEnvironment environment, Log& log);

  // Asks for the status each second, and sends it if it changed.
  void show_status(std::function<std::string()> status);
  // Beats the watchdog, if the manager has one, while the loop and `worker` turn.
  void beat(boost::asio::any_io_executor worker);
  // Has the manager switch its watchdog off: it would end the server with the exporter.
  void refuse_watchdog();

  void ready() { notifier_.ready(); }
  void reloading() { notifier_.reloading(clock_->now()); }
  void stopping() { notifier_.stopping(); }

 private:
  boost::asio::awaitable<void> tell(std::function<std::string()> status);
  bool send(const std::string& message);

  boost::asio::any_io_executor loop_;
  ServiceEnvironment environment_;
  Log& log_;
  std::unique_ptr<dbus::Clock> clock_;
  NotifySocket socket_;
  Notifier notifier_;
  bool warned_ = false;
};

}  // namespace ganesha::exporter
