#include "exporter/http/client.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
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
using Parser = http::response_parser<http::string_body>;
using Result = boost::system::result<HttpClient::Reply>;

constexpr std::size_t bytes_at_once = 64 * 1024;

std::string reachable(const std::string& host) {
  if (host.empty() || host == "0.0.0.0") return "127.0.0.1";
  return host == "::" ? "::1" : host;
}

std::string address_of(const ClientSettings& settings) {
  return settings.unix_path.empty() ? host_and_port(settings.host, settings.port)
                                    : "unix:" + settings.unix_path;
}

// Beast's own texts are "the socket was closed due to a timeout" and "body limit exceeded".
error_code reason(const error_code& ec) {
  if (ec == http::error::body_limit) return asio::error::message_size;
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

std::string request_for(const ClientSettings& settings, const std::string& target) {
  const bool is_unix = !settings.unix_path.empty();
  const auto host = is_unix ? "localhost" : host_and_port(settings.host, settings.port);
  std::string request = "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n";
  if (!settings.username.empty())
    request += "Authorization: " + basic_authorization(settings.username, settings.password) + "\r\n";
  return request + "\r\n";
}

// Takes what a read brought; at the end of the stream with `ec` = eof.
void feed(Parser& parser, beast::flat_buffer& input, std::size_t bytes, error_code& ec) {
  input.commit(bytes);
  if (ec == asio::error::eof) {
    ec = parser.got_some() ? error_code() : http::error::end_of_stream;
    if (!ec) parser.put_eof(ec);
    return;
  }
  if (ec) return;
  input.consume(parser.put(input.data(), ec));
  if (ec == http::error::need_more) ec = {};
}

// Beast's own reading and writing, for a plain and for a TLS stream, takes twice as long to compile.
template <class AnyStream>
asio::awaitable<Result> exchange(AnyStream& stream, const std::string& request, std::size_t body_bytes) {
  error_code ec;
  co_await asio::async_write(stream, asio::buffer(request), redirect_to(ec));
  if (ec) co_return reason(ec);
  Parser parser;
  parser.eager(true);
  parser.body_limit(body_bytes);
  beast::flat_buffer input;
  while (!parser.is_done()) {
    const asio::mutable_buffer space = input.prepare(bytes_at_once);
    const std::size_t bytes = co_await stream.async_read_some(space, redirect_to(ec));
    feed(parser, input, bytes, ec);
    if (ec) co_return reason(ec);
  }
  auto response = parser.release();
  co_return HttpClient::Reply{response.result_int(), std::move(response.body())};
}

asio::awaitable<Result> exchange_over_tls(Stream& stream, asio::ssl::context& tls,
                                          const ClientSettings& settings, const std::string& request,
                                          std::size_t body_bytes) {
  asio::ssl::stream<Stream&> secured(stream, tls);
  expect_server(secured.native_handle(), settings);
  error_code ec;
  co_await secured.async_handshake(asio::ssl::stream_base::client, redirect_to(ec));
  if (ec) co_return handshake_error(secured.native_handle(), reason(ec));
  Result reply = co_await exchange(secured, request, body_bytes);
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

asio::awaitable<Result> HttpClient::get(std::string target, Limits limits) const {
  Stream stream(loop_);
  stream.expires_after(limits.time);
  error_code ec;
  co_await stream.async_connect(endpoints_, redirect_to(ec));
  if (ec) co_return reason(ec);
  const std::string request = request_for(settings_, target);
  if (!tls_) {
    Result reply = co_await exchange(stream, request, limits.body_bytes);
    co_return reply;
  }
  Result reply = co_await exchange_over_tls(stream, *tls_, settings_, request, limits.body_bytes);
  co_return reply;
}

}  // namespace ganesha::exporter
