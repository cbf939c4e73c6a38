// Whether Ganesha is up, and by which signs: the rule of ganesha_up. The exporter owns one of its kinds and
// asks it at each scrape.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dbus/time.hpp"
#include "exporter/model/sign_of_life.hpp"

namespace ganesha::exporter {

struct Heartbeats {
  std::uint64_t count = 0;
  std::optional<dbus::WallTime> last;
  std::optional<dbus::TimePoint> seen;  // the same moment, by a clock that nobody sets
};

// What a monitor reports, and what it asks for.
struct LifeEvents {
  std::function<void(bool up)> on_change;          // up() has changed
  std::function<void(bool answers)> on_answering;  // without a bus: the server began, or ceased, to answer
  std::function<bool()> page_is_read;              // without a bus: whether the last page is young enough
};

class LifeMonitor {
 public:
  // `on_change` is called with the new state whenever up() has changed.
  explicit LifeMonitor(std::function<void(bool up)> on_change) : on_change_(std::move(on_change)) {}
  virtual ~LifeMonitor() = default;
  // Follows the signs for ever.
  virtual boost::asio::awaitable<void> watch() = 0;
  // Whether the poll that just ended shows that the server lives.
  virtual void note_answer(bool answered) = 0;

  virtual bool up() const = 0;
  virtual std::vector<SignOfLife> signs() const = 0;
  // Nothing where there is no bus.
  virtual std::optional<Heartbeats> heartbeats() const = 0;

  // To be called when up() may have changed: by the monitors, and by the exporter when a page was fetched.
  void report_change() {
    const bool now = up();
    if (std::exchange(reported_up_, now) != now) on_change_(now);
  }

 private:
  std::function<void(bool up)> on_change_;
  bool reported_up_ = false;
};

}  // namespace ganesha::exporter
