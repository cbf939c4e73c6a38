#include "exporter/systemd/watchdog.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace ganesha::exporter {

namespace asio = boost::asio;

asio::awaitable<void> keep_beating(dbus::Clock& clock, dbus::Duration patience, asio::any_io_executor worker,
                                   std::function<void()> beat) {
  const auto timer = clock.timer();
  while (true) {
    const auto next = clock.now() + patience / 2;
    co_await asio::post(worker, asio::use_awaitable);
    beat();
    co_await timer->wait_until(next);
  }
}

}  // namespace ganesha::exporter
