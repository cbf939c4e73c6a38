// The bytes of one connection of the server, plain or TLS, over TCP or a unix socket. HttpSession reads and
// writes through it and knows no socket.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ganesha::exporter {

/// No function blocks. After close() or an error all others end with an error.
class Transport {
 public:
  using Socket = boost::asio::generic::stream_protocol::socket;
  using Buffers = std::vector<boost::asio::const_buffer>;

  virtual ~Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  /// Until the client has sent something or closed. Needs no buffer, so that many connections may wait.
  boost::asio::awaitable<void> wait_readable(boost::system::error_code& ec);
  boost::asio::awaitable<std::size_t> read_some(boost::asio::mutable_buffer buffer,
                                                boost::system::error_code& ec);
  /// `buffers` must stay as they are until it ends.
  boost::asio::awaitable<std::size_t> write_some(const Buffers& buffers, boost::system::error_code& ec);
  /// As much as the kernel takes at once: 0 without an error if it takes nothing now. If a part was taken,
  /// the next write must go on with the rest of the same bytes.
  std::size_t write_now(const Buffers& buffers, boost::system::error_code& ec);
  /// Tells the client that no more will be sent.
  void shutdown_send(boost::system::error_code& ec);
  /// Reads and forgets what still comes: for a client that has its last response.
  boost::asio::awaitable<void> discard_some(boost::system::error_code& ec);
  void close();

  /// The address of the other end; none for a unix socket.
  std::optional<boost::asio::ip::address> client() const;
  /// -1 once closed.
  int native_handle() { return socket_.is_open() ? socket_.native_handle() : -1; }
  /// Why the two ends could not agree to talk; empty if they could, or if the client only went away.
  virtual std::string failure() const { return ""; }

 protected:
  explicit Transport(Socket socket);

  /// Asked before each try_read(): when that may be called. An error ends the connection.
  virtual std::chrono::steady_clock::time_point turn_to_read(boost::system::error_code&) { return {}; }
  /// These end with would_block if they must wait, and have then set `awaited_`.
  virtual std::size_t try_read(boost::asio::mutable_buffer buffer, boost::system::error_code& ec) = 0;
  virtual std::size_t try_write(const Buffers& buffers, boost::system::error_code& ec) = 0;
  /// Whether try_read() has bytes that are no longer in the socket.
  virtual bool has_input() const { return false; }
  virtual void before_shutdown() {}

  Socket socket_;
  Socket::wait_type awaited_ = Socket::wait_read;

 private:
  boost::asio::awaitable<void> wait(boost::system::error_code& ec);
  boost::asio::awaitable<void> wait_until(std::chrono::steady_clock::time_point turn,
                                          boost::system::error_code& ec);

  std::optional<boost::asio::steady_timer> turn_;  // while it waits for its turn
};

std::unique_ptr<Transport> make_plain_transport(Transport::Socket socket);

}  // namespace ganesha::exporter
