#include "exporter/http/session.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <exception>
#include <string_view>

#include "exporter/http/redirect_to.hpp"
#include "exporter/http/request_target.hpp"
#include "exporter/http/response.hpp"

namespace ganesha::exporter {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

using Parser = http::request_parser<http::string_body>;

using Request = Parser::value_type;

// Bytes that were read but not parsed yet.
constexpr std::size_t input_limit = 128 * 1024;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

// The status of the response to a failed read; 0 for none: the client has closed or is too slow.
unsigned status_for(const error_code& ec) {
  static const error_code any_of_http = http::error::bad_method;
  if (ec == http::error::header_limit) return 431;
  if (ec == http::error::body_limit) return 413;
  if (ec == http::error::end_of_stream || ec == http::error::partial_message) return 0;
  return ec.category() == any_of_http.category() ? 400 : 0;
}

// The status that refuses a well-formed header; 0 when it is accepted. None of our pages takes a body: one of
// unknown length is refused, because it could be endless or hide another request.
unsigned reject_status(const Request& request) {
  const auto expect = request[http::field::expect];
  if (request.count(http::field::transfer_encoding) > 0) return 411;
  if (request.version() >= 11 && request.count(http::field::host) != 1) return 400;
  if (!parse_request_target(view(request.target()))) return 400;
  if (!expect.empty() && !beast::iequals(expect, "100-continue")) return 417;
  return 0;
}

std::string joined(const Request& request, http::field name) {
  std::string values;
  const auto [first, last] = request.equal_range(name);
  for (auto field = first; field != last; ++field) {
    if (!values.empty()) values += ", ";
    values += view(field->value());
  }
  return values;
}

// Of a request that reject_status() accepts.
HttpRequest to_request(const Request& from) {
  RequestTarget target = parse_request_target(view(from.target())).value();
  HttpRequest request;
  request.method = view(from.method_string());
  request.path = std::move(target.path);
  request.query = std::move(target.query);
  request.accept = joined(from, http::field::accept);
  request.accept_encoding = joined(from, http::field::accept_encoding);
  return request;
}

enum class Content { head_only, head_and_body };

Content content_for(const Request& request) {
  return request.method() == http::verb::head ? Content::head_only : Content::head_and_body;
}

class TcpSession final : public HttpSession {
 public:
  TcpSession(tcp::socket socket, HttpShared& shared) : stream_(std::move(socket)), shared_(shared) {
    error_code ignored;
    stream_.socket().set_option(tcp::no_delay(true), ignored);
    shared_.open.insert(this);
  }
  ~TcpSession() override {
    shared_.open.erase(this);
    if (shared_.stopping && shared_.open.empty()) shared_.all_closed.cancel();
  }

  bool idle() const override { return idle_; }
  void close() override { stream_.close(); }

  asio::awaitable<void> run() {
    bool more = true;
    while (more && !shared_.stopping) {
      more = co_await wait_for_request();
      idle_ = false;
      if (more) more = co_await exchange();
      idle_ = true;
    }
    co_await linger();
  }

  asio::awaitable<void> reject_overloaded() {
    HttpResponse response = plain_response(503);
    response.headers.emplace_back("Retry-After", "1");
    co_await send(response, Content::head_and_body, Persistence::close);
    co_await linger();
  }

 private:
  // True at the first byte of a request, which may be in the buffer already. Skips blank lines before it.
  asio::awaitable<bool> wait_for_request() {
    error_code ec;
    stream_.expires_after(shared_.options.idle_timeout);
    while (!skip_blank_lines()) {
      const std::size_t got = co_await stream_.async_read_some(buffer_.prepare(4096), redirect_to(ec));
      if (ec) co_return false;
      buffer_.commit(got);
    }
    co_return true;
  }

  // True when anything is left.
  bool skip_blank_lines() {
    const auto data = buffer_.data();
    const std::string_view text(static_cast<const char*>(data.data()), data.size());
    buffer_.consume(std::min(text.find_first_not_of("\r\n"), text.size()));
    return buffer_.size() > 0;
  }

  // One request and its response. True when the connection can carry another.
  asio::awaitable<bool> exchange() {
    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(shared_.options.header_limit));
    parser.body_limit(shared_.options.body_limit);
    error_code ec;
    unsigned status = 0;
    co_await read_request(parser, ec, status);
    if (ec) status = status_for(ec);
    if (status != 0) co_await send(plain_response(status), Content::head_and_body, Persistence::close);
    if (ec || status != 0) co_return false;

    const HttpResponse response = co_await handle(to_request(parser.get()));
    const auto persistence = persistence_of(parser.get());
    const bool sent = co_await send(response, content_for(parser.get()), persistence);
    co_return (sent && persistence != Persistence::close);
  }

  // Leaves either an error, or a status to refuse the request with, or a whole request.
  asio::awaitable<void> read_request(Parser& parser, error_code& ec, unsigned& status) {
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    stream_.expires_after(shared_.options.request_timeout);
    co_await http::async_read_header(stream_, buffer_, parser, redirect_to(ec));
    if (!ec) status = reject_status(parser.get());
    if (ec || status != 0 || parser.is_done()) co_return;
    if (parser.get().version() >= 11 && parser.get().count(http::field::expect) > 0)
      co_await asio::async_write(stream_, asio::buffer(go_on), redirect_to(ec));
    if (!ec) co_await http::async_read(stream_, buffer_, parser, redirect_to(ec));
  }

  asio::awaitable<HttpResponse> handle(HttpRequest request) {
    const std::string path = request.path;
    std::string error;
    try {
      co_return co_await shared_.handler(std::move(request));
    } catch (const std::exception& e) {
      error = e.what();
    } catch (...) {
      error = "unknown exception";
    }
    shared_.log.error("request failed", {{"path", path}, {"error", error}});
    co_return plain_response(500);
  }

  Persistence persistence_of(const Request& request) const {
    if (shared_.stopping || !request.keep_alive()) return Persistence::close;
    return request.version() < 11 ? Persistence::keep_http10 : Persistence::keep;
  }

  // One gathered write of head and chunks. True when all was sent.
  asio::awaitable<bool> send(const HttpResponse& response, Content content, Persistence persistence) {
    if (shared_.on_response) shared_.on_response(response.status);
    const std::string head = head_of(response, persistence);
    std::vector<asio::const_buffer> buffers{asio::buffer(head)};
    if (content == Content::head_and_body)
      for (const Chunk& chunk : response.body) buffers.push_back(asio::buffer(*chunk));
    error_code ec;
    stream_.expires_after(shared_.options.write_timeout);
    co_await asio::async_write(stream_, buffers, redirect_to(ec));
    co_return !ec;
  }

  // Closing with input unread would send a reset that can overtake the response: let the client close first.
  asio::awaitable<void> linger() {
    error_code ec;
    std::array<char, 4096> discarded;
    stream_.expires_after(shared_.options.linger_timeout);
    stream_.socket().shutdown(tcp::socket::shutdown_send, ec);
    while (!ec && !shared_.stopping)
      co_await stream_.async_read_some(asio::buffer(discarded), redirect_to(ec));
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_{input_limit};
  HttpShared& shared_;
  bool idle_ = true;
};

}  // namespace

asio::awaitable<void> serve(tcp::socket socket, std::shared_ptr<HttpShared> shared) {
  TcpSession session(std::move(socket), *shared);
  co_await session.run();
}

asio::awaitable<void> refuse(tcp::socket socket, std::shared_ptr<HttpShared> shared) {
  TcpSession session(std::move(socket), *shared);
  co_await session.reject_overloaded();
}

}  // namespace ganesha::exporter
