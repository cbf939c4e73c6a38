// The listening sockets and their connections, all in the caller's single-threaded io_context.
// Exporter owns one; it knows neither pages nor Ganesha, only an HttpHandler.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "exporter/base/log.hpp"
#include "exporter/http/message.hpp"

namespace ganesha::exporter {

struct HttpOptions {
  std::chrono::milliseconds idle_timeout{60'000};  ///< from a response to the first byte of the next request
  std::chrono::milliseconds request_timeout{10'000};  ///< from a request's first byte to its last
  std::chrono::milliseconds write_timeout{30'000};    ///< for one whole response
  std::chrono::milliseconds linger_timeout{1'000};    ///< for a client to close after our last response
  std::chrono::milliseconds accept_retry{100};        ///< after a failed accept
  std::size_t header_limit = 16 * 1024;               ///< bytes; beyond: 431
  std::size_t body_limit = 64 * 1024;                 ///< bytes; beyond: 413
  std::size_t max_connections = 512;                  ///< beyond: 503
};

/// Called with the status of each response, for the counter of requests.
using OnResponse = std::function<void(unsigned status)>;

struct HttpShared;

class HttpServer {
 public:
  using Endpoint = boost::asio::ip::tcp::endpoint;

  /// `log` must outlive the executor's context; the server must not.
  HttpServer(boost::asio::any_io_executor executor, HttpHandler handler, Log& log, HttpOptions options = {},
             OnResponse on_response = {});
  /// Closes all sockets at once; the response of a handler that is still running is lost.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Listens on every address of `host` (a name or an address without brackets; empty: all of IPv6 and IPv4).
  /// Throws std::system_error whose text names the address; clients wait in the backlog until start().
  void listen(const std::string& host, std::uint16_t port);

  /// Where it listens, with the real ports.
  std::vector<Endpoint> endpoints() const;

  /// Accepts from now on. Returns at once.
  void start();

  /// Stops accepting, closes idle connections, waits for open requests and at the deadline closes the rest.
  boost::asio::awaitable<void> stop(std::chrono::milliseconds deadline);

 private:
  boost::asio::any_io_executor executor_;
  std::shared_ptr<HttpShared> shared_;
  std::vector<std::shared_ptr<boost::asio::ip::tcp::acceptor>> acceptors_;
};

}  // namespace ganesha::exporter
