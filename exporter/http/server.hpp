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

#include "exporter/base/close_reason.hpp"
#include "exporter/base/log.hpp"
#include "exporter/http/message.hpp"
#include "exporter/http/options.hpp"

namespace ganesha::exporter {

/// What the server reports, for counters.
struct HttpObserver {
  std::function<void(unsigned status)> on_response;
  std::function<void(CloseReason)> on_close;  ///< a connection that the server closed early, or refused
};

struct HttpShared;
class TlsContext;

class HttpServer {
 public:
  using Endpoint = boost::asio::ip::tcp::endpoint;

  /// `log` must outlive the executor's context; the server must not.
  HttpServer(boost::asio::any_io_executor executor, HttpHandler handler, Log& log,
             const HttpOptions& options = {}, HttpObserver observer = {});
  /// Closes all sockets at once; the response of a handler that is still running is lost.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Listens on every address of `host` (a name or an address without brackets; empty: all of IPv6 and IPv4).
  /// Throws std::system_error whose text names the address; clients wait in the backlog until start().
  void listen(const std::string& host, std::uint16_t port);

  /// What connections use that are accepted from now on: TLS, or plain HTTP if it is null. All others go on
  /// with what they have.
  void use_tls(std::shared_ptr<const TlsContext> context);

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
