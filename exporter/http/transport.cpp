#include "exporter/http/transport.hpp"

#include <sys/socket.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <cstring>
#include <utility>

#include "exporter/http/redirect_to.hpp"

namespace ganesha::exporter {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(Socket socket) : Transport(std::move(socket)) {}

 private:
  std::size_t try_read(asio::mutable_buffer buffer, error_code& ec) override {
    awaited_ = Socket::wait_read;
    return socket_.read_some(buffer, ec);
  }
  std::size_t try_write(const Buffers& buffers, error_code& ec) override {
    awaited_ = Socket::wait_write;
    return socket_.write_some(buffers, ec);
  }
};

}  // namespace

Transport::Transport(Socket socket) : socket_(std::move(socket)) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
}

asio::awaitable<void> Transport::wait(error_code& ec) {
  ec = {};
  co_await socket_.async_wait(awaited_, redirect_to(ec));
}

asio::awaitable<void> Transport::wait_until(std::chrono::steady_clock::time_point turn, error_code& ec) {
  turn_.emplace(socket_.get_executor(), turn);
  co_await turn_->async_wait(redirect_to(ec));
  turn_.reset();
}

asio::awaitable<void> Transport::wait_readable(error_code& ec) {
  awaited_ = Socket::wait_read;
  if (!has_input()) co_await wait(ec);
}

asio::awaitable<std::size_t> Transport::read_some(asio::mutable_buffer buffer, error_code& ec) {
  while (true) {
    ec = {};
    const auto turn = turn_to_read(ec);
    if (!ec && turn > std::chrono::steady_clock::now()) co_await wait_until(turn, ec);
    if (ec) co_return 0;
    const std::size_t got = try_read(buffer, ec);
    if (ec != asio::error::would_block) co_return got;
    co_await wait(ec);
    if (ec) co_return 0;
  }
}

asio::awaitable<std::size_t> Transport::write_some(const Buffers& buffers, error_code& ec) {
  while (true) {
    const std::size_t sent = try_write(buffers, ec);
    if (ec != asio::error::would_block) co_return sent;
    co_await wait(ec);
    if (ec) co_return 0;
  }
}

std::size_t Transport::write_now(const Buffers& buffers, error_code& ec) {
  const std::size_t sent = try_write(buffers, ec);
  if (ec == asio::error::would_block) ec = {};
  return sent;
}

void Transport::shutdown_send(error_code& ec) {
  before_shutdown();
  socket_.shutdown(Socket::shutdown_send, ec);
}

asio::awaitable<void> Transport::discard_some(error_code& ec) {
  std::array<char, 4096> discarded;
  co_await socket_.async_read_some(asio::buffer(discarded), redirect_to(ec));
}

void Transport::close() {
  error_code ignored;
  socket_.close(ignored);
  if (turn_) turn_->cancel();
}

std::optional<asio::ip::address> Transport::client() const {
  error_code ec;
  const auto other_end = socket_.remote_endpoint(ec);
  const int family = other_end.data()->sa_family;
  if (ec || (family != AF_INET && family != AF_INET6)) return std::nullopt;
  asio::ip::tcp::endpoint endpoint;
  std::memcpy(endpoint.data(), other_end.data(), other_end.size());
  return endpoint.address();
}

std::unique_ptr<Transport> make_plain_transport(Transport::Socket socket) {
  return std::make_unique<PlainTransport>(std::move(socket));
}

}  // namespace ganesha::exporter
