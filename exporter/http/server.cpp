#include "exporter/http/server.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <system_error>

#include "exporter/base/listen_address.hpp"
#include "exporter/http/accept_loop.hpp"
#include "exporter/http/redirect_to.hpp"
#include "exporter/http/shared.hpp"

namespace ganesha::exporter {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

using AcceptorPtr = std::shared_ptr<tcp::acceptor>;

// The addresses to listen on. glibc names 127.0.0.1 twice where localhost is ::1 too: each one once.
std::vector<tcp::endpoint> resolve(asio::any_io_executor executor, const std::string& host,
                                   std::uint16_t port, error_code& ec) {
  std::vector<tcp::endpoint> found;
  tcp::resolver resolver(executor);
  for (const auto& entry : resolver.resolve(host, std::to_string(port), tcp::resolver::passive, ec)) {
    if (std::find(found.begin(), found.end(), entry.endpoint()) == found.end())
      found.push_back(entry.endpoint());
  }
  return found;
}

// Null and `ec` on failure. `[::]` accepts IPv4 clients as well.
AcceptorPtr open_acceptor(asio::any_io_executor executor, const tcp::endpoint& endpoint, error_code& ec) {
  auto acceptor = std::make_shared<tcp::acceptor>(executor);
  acceptor->open(endpoint.protocol(), ec);
  if (!ec) acceptor->set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec && endpoint.address().is_v6())
    acceptor->set_option(asio::ip::v6_only(!endpoint.address().is_unspecified()), ec);
  if (!ec) acceptor->bind(endpoint, ec);
  if (!ec) acceptor->listen(asio::socket_base::max_listen_connections, ec);
  if (!ec) acceptor->non_blocking(true, ec);  // the accept loop takes several at once
  return ec ? nullptr : acceptor;
}

// The errors of a host without IPv6.
bool family_missing(const error_code& ec) {
  return ec == asio::error::address_family_not_supported ||
         ec == boost::system::errc::address_not_available ||
         ec == boost::system::errc::protocol_not_supported;
}

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
  error_code ignored;
  for (const auto& acceptor : acceptors_) acceptor->close(ignored);
  close_all(*shared_);
}

void HttpServer::listen(const std::string& host, std::uint16_t port) {
  error_code ec;
  std::vector<tcp::endpoint> wanted;
  if (host.empty())
    wanted = {tcp::endpoint(tcp::v6(), port), tcp::endpoint(tcp::v4(), port)};
  else
    wanted = resolve(executor_, host, port, ec);
  std::vector<AcceptorPtr> opened;
  for (const auto& endpoint : wanted) {
    if (auto acceptor = open_acceptor(executor_, endpoint, ec)) opened.push_back(std::move(acceptor));
    if (ec && !family_missing(ec)) break;
    if (!ec && host.empty()) break;  // [::] takes IPv4 too
  }
  if (opened.empty() || (ec && !family_missing(ec)))
    throw std::system_error(ec, "cannot listen on " + host_and_port(host, port));
  acceptors_.insert(acceptors_.end(), opened.begin(), opened.end());
}

void HttpServer::use_tls(std::shared_ptr<const TlsContext> context) { shared_->tls = std::move(context); }

std::vector<HttpServer::Endpoint> HttpServer::endpoints() const {
  std::vector<Endpoint> found;
  for (const auto& acceptor : acceptors_) found.push_back(acceptor->local_endpoint());
  return found;
}

void HttpServer::start() {
  for (const auto& acceptor : acceptors_)
    asio::co_spawn(executor_, accept_loop(acceptor, shared_), [shared = shared_](const auto& failure) {
      if (failure) shared->log_failure("HTTP listener failed", failure);
    });
}

asio::awaitable<void> HttpServer::stop(std::chrono::milliseconds deadline) {
  const auto shared = shared_;
  error_code ec;
  shared->stopping = true;
  for (const auto& acceptor : acceptors_) acceptor->close(ec);
  acceptors_.clear();
  close_where(*shared, has_no_request);
  shared->all_closed.expires_after(deadline);
  if (shared->sessions > 0) co_await shared->all_closed.async_wait(redirect_to(ec));
  close_all(*shared);
}

}  // namespace ganesha::exporter
