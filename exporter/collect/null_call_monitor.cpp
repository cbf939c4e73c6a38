#include "exporter/collect/null_call_monitor.hpp"

#include <utility>

namespace ganesha::exporter {

namespace asio = boost::asio;

NullCallMonitor::NullCallMonitor(dbus::Clock& clock, Options options, Ask ask,
                                 std::function<void(bool up)> on_change)
    : clock_(clock), options_(std::move(options)), ask_(std::move(ask)), on_change_(std::move(on_change)) {}

asio::awaitable<void> NullCallMonitor::watch() {
  const auto timer = clock_.timer();
  while (true) {
    const auto start = clock_.now();
    const bool answered = co_await ask_(start + options_.timeout);
    if (std::exchange(up_, answered) != answered) on_change_(answered);
    co_await timer->wait_until(start + options_.interval);
  }
}

}  // namespace ganesha::exporter
