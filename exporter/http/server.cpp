#include "exporter/http/server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "exporter/http/accept_loop.hpp"
#include "exporter/http/listener.hpp"
#include "exporter/http/redirect_to.hpp"
#include "exporter/http/shared.hpp"

namespace ganesha::exporter {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// Closes the connections of which closes(connection) is true.
template <class Closes>
void close_where(HttpShared& shared, Closes closes) {
  const auto all = shared.table.all();  // by copy: what is closed leaves the table
  for (Connection* const connection : all)
    if (closes(*connection)) shared.close(session_of(*connection), std::nullopt);
}

void close_all(HttpShared& shared) {
  close_where(shared, [](const Connection&) { return true; });
}

bool is_idle(const Connection& connection) { return connection.phase == Phase::idle; }

bool has_no_request(const Connection& connection) {
  return connection.phase == Phase::first_byte || connection.phase == Phase::idle ||
         connection.phase == Phase::lingering;
}

}  // namespace

HttpServer::HttpServer(asio::any_io_executor executor, HttpHandler handler, Log& log,
                       const HttpOptions& options, HttpObserver observer)
    : executor_(executor),
      shared_(std::make_shared<HttpShared>(executor, std::move(handler), log, options, std::move(observer))) {
}

HttpServer::~HttpServer() {
  shared_->stopping = true;
  for (const auto& listener : listeners_) listener->close();
  close_all(*shared_);
}

void HttpServer::listen(const ListenAddress& address) {
  const auto opened = open_listeners(executor_, address);
  listeners_.insert(listeners_.end(), opened.begin(), opened.end());
}

void HttpServer::use_tls(std::shared_ptr<const TlsContext> context) {
  if (context == shared_->tls) return;
  shared_->tls = std::move(context);
  close_where(*shared_, is_idle);
}

void HttpServer::adopt(int socket) { listeners_.push_back(adopt_listener(executor_, socket)); }

std::vector<ListenAddress> HttpServer::addresses() const {
  std::vector<ListenAddress> found;
  for (const auto& listener : listeners_) found.push_back(listener->address());
  return found;
}

void HttpServer::start() {
  for (const auto& listener : listeners_)
    asio::co_spawn(executor_, accept_loop(listener, shared_), [shared = shared_](const auto& failure) {
      if (failure) shared->log_failure("HTTP listener failed", failure);
    });
}

asio::awaitable<void> HttpServer::stop(std::chrono::milliseconds deadline) {
  const auto shared = shared_;
  error_code ec;
  shared->stopping = true;
  for (const auto& listener : listeners_) listener->close();
  listeners_.clear();
  close_where(*shared, has_no_request);
  shared->all_closed.expires_after(deadline);
  if (shared->sessions > 0) co_await shared->all_closed.async_wait(redirect_to(ec));
  close_all(*shared);
}

}  // namespace ganesha::exporter
