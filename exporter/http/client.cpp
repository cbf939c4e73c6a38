#include "exporter/http/client.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <stdexcept>
#include <utility>

#include "exporter/base/listen_address.hpp"
#include "exporter/http/client_tls.hpp"
#include "exporter/http/credentials.hpp"
#include "exporter/http/redirect_to.hpp"

namespace ganesha::exporter {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

using Stream = beast::basic_stream<asio::generic::stream_protocol>;
using Request = http::request<http::empty_body>;
using Result = boost::system::result<HttpClient::Reply>;

constexpr unsigned http_1_1 = 11;

std::string reachable(const std::string& host) {
  if (host.empty() || host == "0.0.0.0") return "127.0.0.1";
  return host == "::" ? "::1" : host;
}

std::string address_of(const ClientSettings& settings) {
  return settings.unix_path.empty() ? host_and_port(settings.host, settings.port)
                                    : "unix:" + settings.unix_path;
}

// Beast's own text is "the socket was closed due to a timeout".
error_code reason(const error_code& ec) {
  return ec == beast::error::timeout ? error_code(asio::error::timed_out) : ec;
}

std::vector<asio::generic::stream_protocol::endpoint> resolve(asio::io_context& loop,
                                                              const ClientSettings& settings) {
  if (!settings.unix_path.empty()) return {asio::local::stream_protocol::endpoint(settings.unix_path)};
  error_code ec;
  std::vector<asio::generic::stream_protocol::endpoint> found;
  const auto results = tcp::resolver(loop).resolve(settings.host, std::to_string(settings.port), ec);
  if (ec) throw std::runtime_error("cannot find " + settings.host + ": " + ec.message());
  for (const auto& entry : results) found.emplace_back(entry.endpoint());
  return found;
}

Request request_for(const ClientSettings& settings, const std::string& target) {
  Request request(http::verb::get, target, http_1_1);
  const bool is_unix = !settings.unix_path.empty();
  request.set(http::field::host, is_unix ? "localhost" : host_and_port(settings.host, settings.port));
  if (!settings.username.empty())
    request.set(http::field::authorization, basic_authorization(settings.username, settings.password));
  request.keep_alive(false);
  return request;
}

template <class AnyStream>
asio::awaitable<Result> exchange(AnyStream& stream, const Request& request) {
  error_code ec;
  co_await http::async_write(stream, request, redirect_to(ec));
  if (ec) co_return reason(ec);
  beast::flat_buffer buffer;
  http::response<http::string_body> response;
  co_await http::async_read(stream, buffer, response, redirect_to(ec));
  if (ec) co_return reason(ec);
  co_return HttpClient::Reply{response.result_int(), std::move(response.body())};
}

asio::awaitable<Result> exchange_over_tls(Stream& stream, asio::ssl::context& tls,
                                          const ClientSettings& settings, const Request& request) {
  asio::ssl::stream<Stream&> secured(stream, tls);
  expect_server(secured.native_handle(), settings);
  error_code ec;
  co_await secured.async_handshake(asio::ssl::stream_base::client, redirect_to(ec));
  if (ec) co_return handshake_error(secured.native_handle(), reason(ec));
  Result reply = co_await exchange(secured, request);
  co_return reply;
}

}  // namespace

HttpClient::HttpClient(asio::io_context& loop, ClientSettings settings)
    : loop_(loop), settings_(std::move(settings)) {
  settings_.host = reachable(settings_.host);
  if (settings_.server_name.empty())
    settings_.server_name = settings_.unix_path.empty() ? settings_.host : "localhost";
  address_ = address_of(settings_);
  endpoints_ = resolve(loop, settings_);
  if (settings_.scheme == Scheme::https) tls_ = make_client_tls(settings_);
}

asio::awaitable<Result> HttpClient::get(std::string target, std::chrono::milliseconds timeout) const {
  Stream stream(loop_);
  stream.expires_after(timeout);
  error_code ec;
  co_await stream.async_connect(endpoints_, redirect_to(ec));
  if (ec) co_return reason(ec);
  const Request request = request_for(settings_, target);
  if (!tls_) {
    Result reply = co_await exchange(stream, request);
    co_return reply;
  }
  Result reply = co_await exchange_over_tls(stream, *tls_, settings_, request);
  co_return reply;
}

}  // namespace ganesha::exporter
