// One HTTP connection, from accept to close, and what all connections of a server share.
// Only http_server.cpp calls it; Beast stays in http_connection.cpp.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <set>
#include <utility>

#include "exporter/http/server.hpp"

namespace ganesha::exporter {

/// The server's handle on an open connection.
class HttpSession {
 public:
  virtual ~HttpSession() = default;
  /// True while no request is being read, handled or answered.
  virtual bool idle() const = 0;
  /// Closes the socket; the connection's coroutine then ends by itself.
  virtual void close() = 0;
};

/// Lives as long as the last connection, so none is left with a dangling server.
struct HttpShared {
  HttpHandler handler;
  Log& log;
  HttpOptions options;
  OnResponse on_response;
  boost::asio::steady_timer all_closed;  ///< cancelled when the last connection ends
  std::set<HttpSession*> open{};
  bool stopping = false;
};

/// Answers requests until the client leaves, errs, or the server stops. Throws nothing.
boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket socket, std::shared_ptr<HttpShared> shared);

/// Answers 503 to a connection too many, and closes it. Throws nothing.
boost::asio::awaitable<void> refuse(boost::asio::ip::tcp::socket socket, std::shared_ptr<HttpShared> shared);

}  // namespace ganesha::exporter
