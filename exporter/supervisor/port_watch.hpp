// Asks the NFS port of a server whose heartbeat is late, and remembers since when it is silent: /-/healthy
// judges by that. The supervisor runs one.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>

#include "exporter/supervisor/supervisor_status.hpp"
#include "ganesha/nfs_port.hpp"

namespace ganesha::exporter {

class PortWatch {
 public:
  struct Server {
    std::function<bool()> is_up;  // seen to live on the bus
    std::function<boost::asio::awaitable<NfsPort::Answer>()> ask;
  };

  PortWatch(dbus::Clock& clock, SupervisorStatus& facts, Server server)
      : clock_(clock), facts_(facts), server_(std::move(server)) {}

  // Asks every second while the server is not up; for ever.
  boost::asio::awaitable<void> run();

 private:
  boost::asio::awaitable<void> look();

  dbus::Clock& clock_;
  SupervisorStatus& facts_;
  Server server_;
};

}  // namespace ganesha::exporter
