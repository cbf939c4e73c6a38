// What all sessions of a server share.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "exporter/http/connection_table.hpp"
#include "exporter/http/handshake_pace.hpp"
#include "exporter/http/page_bytes.hpp"
#include "exporter/http/server.hpp"
#include "exporter/http/session.hpp"

namespace ganesha::exporter {

/// Lives as long as the last session: none refers to a server that is gone.
struct HttpShared {
  HttpShared(boost::asio::any_io_executor executor, HttpHandler handler, Log& log, const HttpOptions& options,
             HttpObserver observer);

  /// Frees the place of the session and closes its socket. A reason is counted. Does nothing the second time.
  void close(HttpSession& session, std::optional<CloseReason> reason);
  void count(CloseReason reason) const;
  /// Closes the slowest readers while there are too many, or their responses hold too much.
  void limit_readers();
  /// One line for an exception that ended a part which must not end.
  void log_failure(std::string_view part, const std::exception_ptr& failure) noexcept;
  /// At most one line a second, because anybody can cause them; nothing if `why` is empty.
  void log_handshake_failure(const std::string& client, const std::string& why);

  boost::asio::any_io_executor executor;
  HttpHandler handler;
  Log& log;
  const HttpOptions options;
  HttpObserver observer;
  ConnectionTable table;
  PageBytes pages;
  HandshakePace handshakes{[this] { count(CloseReason::over_limit); }};
  std::shared_ptr<const TlsContext> tls;  ///< of new connections; null: plain HTTP
  boost::asio::steady_timer all_closed;   ///< cancelled when the last session ends
  std::size_t sessions = 0;               ///< those in the table, and closed ones that have not ended yet
  bool watched = false;                   ///< watch_timeouts() runs
  bool handler_overdue = false;           ///< logged, and no handler has finished since
  bool stopping = false;
  TimePoint next_handshake_line{};     ///< earliest
  std::size_t handshake_failures = 0;  ///< since the last line
};

/// The session of a connection in the table: all of them are.
inline HttpSession& session_of(Connection& connection) { return static_cast<HttpSession&>(connection); }

std::string text_of(const std::exception_ptr& failure);

/// Closes connections that were too slow, as long as there are any.
boost::asio::awaitable<void> watch_timeouts(std::shared_ptr<HttpShared> shared);

}  // namespace ganesha::exporter
