#include "exporter/http/request_reader.hpp"

#include <algorithm>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <string_view>
#include <utility>

#include "exporter/http/request_target.hpp"

namespace ganesha::exporter {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

namespace {

using HeadAndBody = http::request_parser<http::string_body>;
using Request = HeadAndBody::value_type;

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

std::string joined_values(const Request& request, http::field name) {
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
  request.accept = joined_values(from, http::field::accept);
  request.accept_encoding = joined_values(from, http::field::accept_encoding);
  request.host = view(from[http::field::host]);
  request.authorization = joined_values(from, http::field::authorization);
  return request;
}

Persistence persistence_of(const Request& request) {
  if (!request.keep_alive()) return Persistence::close;
  return request.version() < 11 ? Persistence::keep_http10 : Persistence::keep;
}

ReadRequest whole(const Request& from) {
  ReadRequest read;
  read.whole = true;
  read.request = to_request(from);
  if (from.method() == http::verb::head) read.content = Content::head_only;
  read.persistence = persistence_of(from);
  return read;
}

ReadRequest refused(unsigned status) {
  ReadRequest read;
  read.refusal = status;
  return read;
}

}  // namespace

asio::awaitable<bool> RequestReader::wait() {
  error_code ec;
  while (!skip_blank_lines()) {
    std::string().swap(input_);  // many connections may wait: each without a buffer
    co_await transport_.wait_readable(ec);
    if (!ec) co_await read_some(ec);
    if (ec) co_return false;
  }
  co_return true;
}

// True when anything is left.
bool RequestReader::skip_blank_lines() {
  input_.erase(0, std::min(input_.find_first_not_of("\r\n"), input_.size()));
  return !input_.empty();
}

asio::awaitable<ReadRequest> RequestReader::read() {
  HeadAndBody parser;
  parser.header_limit(static_cast<std::uint32_t>(options_.header_limit));
  parser.body_limit(options_.body_limit);
  error_code ec;
  unsigned status = co_await read_message(parser, ec);
  if (ec) status = status_for(ec);
  if (ec || status != 0) co_return refused(status);
  co_return whole(parser.get());
}

// Leaves either an error, or gives a status to refuse the request with, or 0: it is whole.
template <class Parser>
asio::awaitable<unsigned> RequestReader::read_message(Parser& parser, error_code& ec) {
  co_await parse(parser, ec);
  if (ec) co_return 0;
  const unsigned status = reject_status(parser.get());
  if (status != 0 || parser.is_done()) co_return status;
  if (parser.get().version() >= 11 && parser.get().count(http::field::expect) > 0) co_await send_continue(ec);
  parser.eager(true);
  while (!ec && !parser.is_done()) {
    if (input_.empty()) co_await read_some(ec);
    if (!ec) co_await parse(parser, ec);
  }
  co_return 0;
}

// Up to the end of the head; with an eager parser up to the end of the body. What is in the buffer is parsed
// at once: nothing else runs between the arrival of a request and its handler.
template <class Parser>
asio::awaitable<void> RequestReader::parse(Parser& parser, error_code& ec) {
  while (true) {
    input_.erase(0, parser.put(asio::buffer(input_), ec));
    if (ec != http::error::need_more) co_return;
    ec = {};
    co_await read_some(ec);
    if (ec) co_return;
  }
}

asio::awaitable<void> RequestReader::send_continue(error_code& ec) {
  static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  Transport::Buffers left{asio::buffer(go_on)};
  while (!ec && left.front().size() > 0) {
    const std::size_t sent = co_await transport_.write_some(left, ec);
    left.front() += sent;
  }
}

asio::awaitable<void> RequestReader::read_some(error_code& ec) {
  constexpr std::size_t piece = 4096;
  const std::size_t before = input_.size();
  if (before + piece > input_limit) {
    ec = http::error::buffer_overflow;
    co_return;
  }
  input_.resize(before + piece);
  const std::size_t got = co_await transport_.read_some(asio::buffer(&input_[before], piece), ec);
  input_.resize(before + got);
}

}  // namespace ganesha::exporter
