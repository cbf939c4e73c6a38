#include "exporter/supervisor/port_watch.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds between_looks{1};

}  // namespace

asio::awaitable<void> PortWatch::run() {
  const auto timer = clock_.timer();
  while (true) {
    co_await timer->wait_until(clock_.now() + between_looks);
    co_await look();
  }
}

// Silence begins when the first call that stays unanswered is made.
asio::awaitable<void> PortWatch::look() {
  const auto asked_at = clock_.now();
  auto answer = NfsPort::Answer::unknown;
  if (!server_.is_up()) answer = co_await server_.ask();
  if (answer != NfsPort::Answer::none)
    facts_.port_silent_since.reset();
  else if (!facts_.port_silent_since)
    facts_.port_silent_since = asked_at;
}

}  // namespace ganesha::exporter
