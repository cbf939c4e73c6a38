// Debug lines about DBus calls: one a poll, and one a call that failed or was slow. The exporter owns one
// where debug lines are wanted.
#pragma once

#include <cstddef>

#include "dbus/bus.hpp"
#include "exporter/base/log.hpp"
#include "exporter/model/snapshot.hpp"

namespace ganesha::exporter {

class CallLog {
 public:
  CallLog(Log& log, CollectorSet enabled) : log_(log), enabled_(enabled) {}

  void call_ended(const dbus::CallReport& call);
  // Null: the server changed meanwhile.
  void poll_ended(const Snapshot* snapshot);

 private:
  Log& log_;
  CollectorSet enabled_;
  std::size_t calls_ = 0;  // since the last poll
};

}  // namespace ganesha::exporter
