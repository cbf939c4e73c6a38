#include "exporter/supervisor/port_watch.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds between_probes{1};

}  // namespace

asio::awaitable<void> PortWatch::run() {
  const auto timer = clock_.timer();
  while (true) {
    co_await timer->wait_until(clock_.now() + between_probes);
    co_await probe();
  }
}

// The silence begins with the first call that stays unanswered.
asio::awaitable<void> PortWatch::probe() {
  const auto asked_at = clock_.now();
  auto answer = NfsPort::Answer::unknown;
  if (!server_.is_up()) answer = co_await server_.ask();
  if (answer != NfsPort::Answer::none)
    status_.port_silent_since.reset();
  else if (!status_.port_silent_since)
    status_.port_silent_since = asked_at;
}

}  // namespace ganesha::exporter
