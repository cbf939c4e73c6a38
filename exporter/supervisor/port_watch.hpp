// Probes the NFS port of a server whose heartbeat is late, and records since when it has not answered, for
// /-/healthy. The supervisor runs one.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>

#include "exporter/supervisor/supervisor_status.hpp"
#include "ganesha/nfs_port.hpp"

namespace ganesha::exporter {

class PortWatch {
 public:
  struct Server {
    std::function<bool()> is_up;  // judged by its heartbeats
    std::function<boost::asio::awaitable<NfsPort::Answer>()> ask;
  };

  PortWatch(dbus::Clock& clock, SupervisorStatus& status, Server server)
      : clock_(clock), status_(status), server_(std::move(server)) {}

  // Probes every second while the server is not up; never returns.
  boost::asio::awaitable<void> run();

 private:
  boost::asio::awaitable<void> probe();

  dbus::Clock& clock_;
  SupervisorStatus& status_;
  Server server_;
};

}  // namespace ganesha::exporter
