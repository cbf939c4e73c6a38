#include "exporter/http/client.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <stdexcept>

#include "exporter/http/redirect_to.hpp"

namespace ganesha::exporter {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr unsigned http_1_1 = 11;

std::string reachable(const std::string& host) {
  if (host.empty() || host == "0.0.0.0") return "127.0.0.1";
  return host == "::" ? "::1" : host;
}

// Beast's own text is "the socket was closed due to a timeout".
error_code reason(const error_code& ec) {
  return ec == beast::error::timeout ? error_code(asio::error::timed_out) : ec;
}

}  // namespace

HttpClient::HttpClient(asio::io_context& loop, const ListenAddress& exporter)
    : loop_(loop), address_(host_and_port(reachable(exporter.host), exporter.port)) {
  error_code ec;
  endpoints_ = tcp::resolver(loop).resolve(reachable(exporter.host), std::to_string(exporter.port), ec);
  if (ec) throw std::runtime_error("cannot find " + exporter.host + ": " + ec.message());
}

asio::awaitable<boost::system::result<HttpClient::Reply>> HttpClient::get(
    std::string target, std::chrono::milliseconds timeout) const {
  beast::tcp_stream stream(loop_);
  stream.expires_after(timeout);
  error_code ec;
  co_await stream.async_connect(endpoints_, redirect_to(ec));
  if (ec) co_return reason(ec);
  http::request<http::empty_body> request(http::verb::get, target, http_1_1);
  request.set(http::field::host, address_);
  request.keep_alive(false);
  co_await http::async_write(stream, request, redirect_to(ec));
  if (ec) co_return reason(ec);
  beast::flat_buffer buffer;
  http::response<http::string_body> response;
  co_await http::async_read(stream, buffer, response, redirect_to(ec));
  if (ec) co_return reason(ec);
  co_return Reply{response.result_int(), std::move(response.body())};
}

}  // namespace ganesha::exporter
