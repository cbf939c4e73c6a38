#include "exporter/systemd/notifier.hpp"

#include <utility>

#include "exporter/base/text.hpp"

namespace ganesha::exporter {

void Notifier::ready() { keep("READY=1"); }

void Notifier::reloading(dbus::TimePoint now) {
  const auto since_boot = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch());
  keep("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(since_boot.count()));
}

void Notifier::stopping() {
  if (std::exchange(stopping_, true)) return;
  keep("STOPPING=1\nSTATUS=Stopping");
}

void Notifier::refuse_watchdog() { keep("WATCHDOG_USEC=0"); }

void Notifier::status(const std::string& text) {
  if (stopping_ || text == status_) return;
  // A message has a variable in each line.
  if (send_("STATUS=" + visible(text))) status_ = text;
}

void Notifier::beat() { beat_is_due_ = !send_("WATCHDOG=1"); }

void Notifier::retry() {
  while (!kept_.empty() && send_(kept_.front())) kept_.pop_front();
  if (beat_is_due_) beat();
}

void Notifier::keep(std::string message) {
  if (kept_.size() == most_kept) kept_.pop_front();
  kept_.push_back(std::move(message));
  retry();
}

}  // namespace ganesha::exporter
