// The listening sockets and their connections, all in the caller's single-threaded io_context.
// Exporter owns one; it knows neither pages nor Ganesha, only an HttpHandler.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "exporter/base/close_reason.hpp"
#include "exporter/base/listen_address.hpp"
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
struct Listener;
class TlsContext;

class HttpServer {
 public:
  /// `log` must outlive the executor's context; the server must not.
  HttpServer(boost::asio::any_io_executor executor, HttpHandler handler, Log& log,
             const HttpOptions& options = {}, HttpObserver observer = {});
  /// Closes all sockets at once; the response of a handler that is still running is lost.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Listens on every address of its host (empty: all of IPv6 and IPv4), or on a unix socket.
  /// Throws std::system_error whose text names the address; clients wait in the backlog until start().
  void listen(const ListenAddress& address);

  /// Takes over a stream socket that listens already. Throws std::system_error.
  void adopt(int socket);

  /// What connections use that are accepted from now on: TLS, or plain HTTP if it is null. Earlier ones,
  /// which were accepted by other rules, are closed: idle ones now, the others after the response under way.
  void use_tls(std::shared_ptr<const TlsContext> context);

  /// Where it listens, with the real ports.
  std::vector<ListenAddress> addresses() const;

  /// Accepts from now on. Returns at once.
  void start();

  /// Stops accepting, closes idle connections, waits for open requests and at the deadline closes the rest.
  boost::asio::awaitable<void> stop(std::chrono::milliseconds deadline);

 private:
  boost::asio::any_io_executor executor_;
  std::shared_ptr<HttpShared> shared_;
  std::vector<std::shared_ptr<Listener>> listeners_;
};

}  // namespace ganesha::exporter
