#include "exporter/http/server.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <system_error>

#include "exporter/base/listen_address.hpp"
#include "exporter/http/redirect_to.hpp"
#include "exporter/http/session.hpp"

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
  return ec ? nullptr : acceptor;
}

// The errors of a host without IPv6.
bool family_missing(const error_code& ec) {
  return ec == asio::error::address_family_not_supported ||
         ec == boost::system::errc::address_not_available ||
         ec == boost::system::errc::protocol_not_supported;
}

// Of those beyond the limit a few get 503; the rest is closed at once.
void admit(tcp::socket socket, const std::shared_ptr<HttpShared>& shared) {
  const auto executor = socket.get_executor();
  const std::size_t open = shared->open.size();
  const std::size_t limit = shared->options.max_connections;
  if (open < limit)
    asio::co_spawn(executor, serve(std::move(socket), shared), asio::detached);
  else if (open <= limit + limit / 4)
    asio::co_spawn(executor, refuse(std::move(socket), shared), asio::detached);
}

// Logs the first of several failures and the recovery, not each one.
void report_accept(HttpShared& shared, bool& failing, const error_code& ec) {
  if (ec && !failing) shared.log.error("cannot accept connections", {{"error", ec.message()}});
  if (!ec && failing) shared.log.info("accepting connections again");
  failing = static_cast<bool>(ec);
}

// Ends when its acceptor is closed, never by an error.
asio::awaitable<void> accept_loop(AcceptorPtr acceptor, std::shared_ptr<HttpShared> shared) {
  asio::steady_timer pause(acceptor->get_executor());
  bool failing = false;
  while (acceptor->is_open()) {
    error_code ec;
    tcp::socket socket = co_await acceptor->async_accept(redirect_to(ec));
    if (!acceptor->is_open()) break;
    report_accept(*shared, failing, ec);
    if (!ec) {
      admit(std::move(socket), shared);
      continue;
    }
    pause.expires_after(shared->options.accept_retry);
    co_await pause.async_wait(redirect_to(ec));
  }
}

// By copy: a session that ends meanwhile leaves the set.
void close_all(const HttpShared& shared) {
  const auto open = shared.open;
  for (HttpSession* session : open) session->close();
}

void close_idle(const HttpShared& shared) {
  const auto open = shared.open;
  for (HttpSession* session : open)
    if (session->idle()) session->close();
}

}  // namespace

HttpServer::HttpServer(asio::any_io_executor executor, HttpHandler handler, Log& log, HttpOptions options,
                       OnResponse on_response)
    : executor_(executor),
      shared_(new HttpShared{std::move(handler), log, options, std::move(on_response),
                             asio::steady_timer(executor)}) {}

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

std::vector<HttpServer::Endpoint> HttpServer::endpoints() const {
  std::vector<Endpoint> found;
  for (const auto& acceptor : acceptors_) found.push_back(acceptor->local_endpoint());
  return found;
}

void HttpServer::start() {
  for (const auto& acceptor : acceptors_)
    asio::co_spawn(executor_, accept_loop(acceptor, shared_), asio::detached);
}

asio::awaitable<void> HttpServer::stop(std::chrono::milliseconds deadline) {
  const auto shared = shared_;
  error_code ec;
  shared->stopping = true;
  for (const auto& acceptor : acceptors_) acceptor->close(ec);
  acceptors_.clear();
  close_idle(*shared);
  shared->all_closed.expires_after(deadline);
  if (!shared->open.empty()) co_await shared->all_closed.async_wait(redirect_to(ec));
  close_all(*shared);
}

}  // namespace ganesha::exporter
