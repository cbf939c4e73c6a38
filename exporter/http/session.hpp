// One HTTP connection, from accept to close, and what all sessions of a server share.
// Only server.cpp calls it; Beast stays in session.cpp.
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
  /// True while no request is being read or handled, and no response sent.
  virtual bool idle() const = 0;
  /// Closes the socket; the coroutine of the session then ends by itself.
  virtual void close() = 0;
};

/// Lives as long as the last session: none refers to a server that is gone.
struct HttpShared {
  HttpHandler handler;
  Log& log;
  HttpOptions options;
  OnResponse on_response;
  boost::asio::steady_timer all_closed;  ///< cancelled when the last session ends
  std::set<HttpSession*> open{};
  bool stopping = false;
};

/// Serves requests until the client closes, an error occurs, or the server stops. Throws nothing.
boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket socket, std::shared_ptr<HttpShared> shared);

/// Sends 503 to a connection beyond the limit, and closes it. Throws nothing.
boost::asio::awaitable<void> refuse(boost::asio::ip::tcp::socket socket, std::shared_ptr<HttpShared> shared);

}  // namespace ganesha::exporter
