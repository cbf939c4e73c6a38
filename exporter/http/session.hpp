// One HTTP connection, from accept to close.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "exporter/http/connection.hpp"
#include "exporter/http/transport.hpp"

namespace ganesha::exporter {

struct HttpShared;

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
std::shared_ptr<HttpSession> make_session(std::unique_ptr<Transport> transport, Place place,
                                          std::shared_ptr<HttpShared> shared);

}  // namespace ganesha::exporter
