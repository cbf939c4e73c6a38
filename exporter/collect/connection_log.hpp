// Logs that the connection to the bus came and went: a bus that is away, or drops each connection soon, once
// and not several times a second. The exporter owns one.
#pragma once

#include <optional>

#include "dbus/error.hpp"
#include "dbus/time.hpp"
#include "exporter/base/log.hpp"

namespace ganesha::exporter {

class ConnectionLog {
 public:
  explicit ConnectionLog(Log& log) : log_(log) {}

  void connected(dbus::TimePoint now);
  // The connection was lost, or an attempt failed.
  void disconnected(const dbus::Error& why, dbus::TimePoint now);

 private:
  Log& log_;
  std::optional<dbus::TimePoint> connected_at_;
  bool loss_logged_ = false;
  bool logs_connection_ = true;  // after a logged loss, and the first one
};

}  // namespace ganesha::exporter
