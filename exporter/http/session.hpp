// One HTTP connection, from accept to close. Beast stays in session.cpp.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <memory>

#include "exporter/http/connection.hpp"

namespace ganesha::exporter {

struct HttpShared;

using StreamSocket = boost::asio::generic::stream_protocol::socket;

/// The server's handle on an open connection.
class HttpSession : public Connection {
 public:
  virtual ~HttpSession() = default;
  /// Closes the socket; the coroutine of the session then ends by itself. Called by HttpShared::close().
  virtual void close() = 0;
  /// Reports to the table whether the client has taken bytes of its response.
  virtual void check_progress(TimePoint now) = 0;
  /// Serves requests until the client closes, an error occurs, or the server stops.
  virtual boost::asio::awaitable<void> run() = 0;
};

/// Takes the place in the table at once; run() is called by start_session().
std::shared_ptr<HttpSession> make_session(StreamSocket socket, Place place,
                                          std::shared_ptr<HttpShared> shared);

}  // namespace ganesha::exporter
