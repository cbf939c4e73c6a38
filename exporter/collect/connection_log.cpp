#include "exporter/collect/connection_log.hpp"

#include <chrono>
#include <utility>

namespace ganesha::exporter {

void ConnectionLog::connected(dbus::TimePoint now) {
  connected_at_ = now;
  if (std::exchange(logs_connection_, false)) log_.info("Connected to the bus");
}

void ConnectionLog::disconnected(const dbus::Error& why, dbus::TimePoint now) {
  constexpr std::chrono::seconds lasting{10};
  const bool lasted = connected_at_ && now - *connected_at_ > lasting;
  connected_at_.reset();
  if (std::exchange(loss_logged_, true) && !lasted) return;
  logs_connection_ = true;
  log_.warn("DBus connection failed, retrying", {{"err", why.message()}});
}

}  // namespace ganesha::exporter
