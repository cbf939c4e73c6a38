// Whether Ganesha lives, from heartbeats or, where it sends none, from answers: the rule of ganesha_up. Kept
// by HeartbeatMonitor.
#pragma once

#include <cstdint>
#include <optional>

#include "dbus/time.hpp"

namespace ganesha::exporter {

class Liveness {
 public:
  // With a `timeout` of zero no heartbeat is expected, and answers count instead.
  explicit Liveness(dbus::Duration timeout) : timeout_(timeout) {}

  // A healthy heartbeat came. `generation` is Bus::owner_generation(), here and below.
  void note_heartbeat(std::uint64_t generation, dbus::TimePoint now) {
    if (expects_heartbeats()) seen_ = {generation, now};
  }
  // A poll showed that the server lives, or did not.
  void note_answer(bool answered, std::uint64_t generation, dbus::TimePoint now) {
    if (expects_heartbeats()) return;
    seen_ = answered ? std::optional(Seen{generation, now}) : std::nullopt;
  }

  // The name is owned, and this owner's heartbeat is younger than the timeout, or its last poll was answered.
  bool up(bool owned, std::uint64_t generation, dbus::TimePoint now) const {
    if (!owned || !seen_ || seen_->generation != generation) return false;
    return !expects_heartbeats() || now - seen_->at < timeout_;
  }

 private:
  struct Seen {
    std::uint64_t generation;
    dbus::TimePoint at;
  };

  bool expects_heartbeats() const { return timeout_ > dbus::Duration::zero(); }

  dbus::Duration timeout_;
  std::optional<Seen> seen_;
};

}  // namespace ganesha::exporter
