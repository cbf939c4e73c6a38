// Decides which messages go to the service manager, and when. Works by events, without I/O; ServiceManager
// calls it.
#pragma once

#include <deque>
#include <functional>
#include <string>

#include "dbus/time.hpp"

namespace ganesha::exporter {

class Notifier {
 public:
  // False if the manager cannot take the message now.
  using Send = std::function<bool(const std::string& message)>;

  explicit Notifier(Send send) : send_(std::move(send)) {}

  // Each is sent at once, or kept for retry().
  void ready();
  void reloading(dbus::TimePoint now);
  void stopping();
  // The watchdog is not wanted.
  void refuse_watchdog();

  // Sent if it differs from the last one, and never kept: the next one is newer. Nothing after stopping().
  void status(const std::string& text);
  // Sent at once or by retry(), and only one: the next one would come on the deadline.
  void beat();
  void retry();

 private:
  static constexpr std::size_t most_kept = 16;

  void keep(std::string message);

  Send send_;
  std::deque<std::string> kept_;  // in the order of the events
  std::string status_;
  bool beat_is_due_ = false, stopping_ = false;
};

}  // namespace ganesha::exporter
