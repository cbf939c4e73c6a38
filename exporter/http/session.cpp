#include "exporter/http/session.hpp"

#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstring>
#include <string_view>
#include <utility>

#include "exporter/http/handler_run.hpp"
#include "exporter/http/redirect_to.hpp"
#include "exporter/http/request_target.hpp"
#include "exporter/http/response.hpp"
#include "exporter/http/response_writer.hpp"
#include "exporter/http/shared.hpp"

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

// Without this limit the kernel holds megabytes for each client that does not read.
void limit_unsent(StreamSocket& socket, std::size_t bytes) {
  const int limit = static_cast<int>(bytes);
  ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &limit, sizeof limit);
}

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
  request.host = view(from[http::field::host]);
  request.authorization = joined(from, http::field::authorization);
  return request;
}

enum class Content { head_only, head_and_body };

Content content_for(const Request& request) {
  return request.method() == http::verb::head ? Content::head_only : Content::head_and_body;
}

class TcpSession final : public HttpSession {
 public:
  TcpSession(StreamSocket socket, Place given, std::shared_ptr<HttpShared> shared)
      : socket_(std::move(socket)), shared_(std::move(shared)) {
    error_code ec;
    socket_.set_option(tcp::no_delay(true), ec);
    limit_unsent(socket_, shared_->options.unsent);
    const auto other_end = socket_.remote_endpoint(ec);
    const int family = other_end.data()->sa_family;
    if (!ec && (family == AF_INET || family == AF_INET6)) {
      tcp::endpoint client;
      std::memcpy(client.data(), other_end.data(), other_end.size());
      client_ = client.address().to_string();
      network = network_of(client.address());
    }
    place = given;
    ++shared_->sessions;
  }
  ~TcpSession() override {
    shared_->table.remove(*this);
    --shared_->sessions;
    if (shared_->stopping && shared_->sessions == 0) shared_->all_closed.cancel();
  }

  void close() override {
    error_code ignored;
    socket_.close(ignored);
    if (writer_) writer_->abandon();
  }

  void check_progress(TimePoint now) override {
    int unread = 0;
    if (::ioctl(socket_.native_handle(), SIOCOUTQ, &unread) != 0) return;
    if (unread < std::exchange(unread_, unread)) ConnectionTable::progressed(*this, now);
  }

  asio::awaitable<void> run() override {
    bool more = true;
    while (more && !shared_->stopping) {
      more = co_await wait_for_request();
      if (more) more = co_await exchange();
    }
    co_await linger();
  }

 private:
  void enter(Phase next) { shared_->table.enter(*this, next, std::chrono::steady_clock::now()); }

  asio::awaitable<void> read_some(error_code& ec) {
    constexpr std::size_t piece = 4096;
    if (buffer_.size() + piece > input_limit) {
      ec = http::error::buffer_overflow;
      co_return;
    }
    const std::size_t got = co_await socket_.async_read_some(buffer_.prepare(piece), redirect_to(ec));
    buffer_.commit(got);
  }

  // True at the first byte of a request, which may be in the buffer already. Skips blank lines before it.
  asio::awaitable<bool> wait_for_request() {
    error_code ec;
    while (!skip_blank_lines()) {
      buffer_.shrink_to_fit();  // many connections may wait: each without a buffer
      co_await socket_.async_wait(StreamSocket::wait_read, redirect_to(ec));
      if (!ec) co_await read_some(ec);
      if (ec) co_return false;
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
    parser.header_limit(static_cast<std::uint32_t>(shared_->options.header_limit));
    parser.body_limit(shared_->options.body_limit);
    error_code ec;
    unsigned status = 0;
    co_await read_request(parser, ec, status);
    if (ec) status = status_for(ec);
    if (status != 0) co_await send(plain_response(status), Content::head_and_body, Persistence::close);
    if (ec || status != 0) co_return false;

    enter(Phase::handling);
    HttpRequest request = to_request(parser.get());
    request.place = place;
    request.client = client_;
    HttpResponse response = co_await respond(*shared_, std::move(request));
    const auto persistence = persistence_of(parser.get());
    const bool sent = co_await send(std::move(response), content_for(parser.get()), persistence);
    if (sent) enter(Phase::idle);
    co_return (sent && persistence != Persistence::close);
  }

  // Leaves either an error, or a status to refuse the request with, or a whole request.
  asio::awaitable<void> read_request(Parser& parser, error_code& ec, unsigned& status) {
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    enter(Phase::request);
    co_await read_head(parser, ec);
    if (!ec) status = reject_status(parser.get());
    if (ec || status != 0 || parser.is_done()) co_return;
    if (parser.get().version() >= 11 && parser.get().count(http::field::expect) > 0)
      co_await asio::async_write(socket_, asio::buffer(go_on), redirect_to(ec));
    if (!ec) co_await http::async_read(socket_, buffer_, parser, redirect_to(ec));
  }

  // A head that is in the buffer is parsed at once: nothing else runs between its arrival and its handler.
  asio::awaitable<void> read_head(Parser& parser, error_code& ec) {
    while (true) {
      buffer_.consume(parser.put(buffer_.data(), ec));
      if (ec != http::error::need_more) co_return;
      ec = {};
      co_await read_some(ec);
      if (ec) co_return;
    }
  }

  Persistence persistence_of(const Request& request) const {
    if (shared_->stopping || place == Place::reserve || !request.keep_alive()) return Persistence::close;
    return request.version() < 11 ? Persistence::keep_http10 : Persistence::keep;
  }

  // True when all was sent.
  asio::awaitable<bool> send(HttpResponse response, Content content, Persistence persistence) {
    if (shared_->observer.on_response) shared_->observer.on_response(response.status);
    std::string head = head_of(response, persistence);
    if (content == Content::head_only) response.body.clear();
    ResponseWriter writer(shared_->pages, std::move(head), std::move(response.body));
    error_code ec;
    write_at_once(writer, ec);
    if (ec || writer.done()) co_return !ec;
    const Writing writing(*this, writer);
    shared_->limit_readers();
    while (!writer.done() && !ec) {
      const std::size_t sent = co_await socket_.async_write_some(writer.buffers(), redirect_to(ec));
      writer.written(sent);
      ConnectionTable::progressed(*this, std::chrono::steady_clock::now());
    }
    co_return !ec;
  }

  // As much as the kernel takes: a client whose whole response fits in is no reader that waits.
  void write_at_once(ResponseWriter& writer, error_code& ec) {
    socket_.non_blocking(true, ec);
    const std::size_t sent = ec ? 0 : socket_.write_some(writer.buffers(), ec);
    writer.written(sent);
    if (ec == asio::error::would_block) ec = {};
  }

  // Closing with input unread would send a reset that can overtake the response: let the client close first.
  // A place of the reserve is needed at once.
  asio::awaitable<void> linger() {
    error_code ec;
    std::array<char, 4096> discarded;
    enter(Phase::lingering);
    socket_.shutdown(StreamSocket::shutdown_send, ec);
    while (!ec && !shared_->stopping && place == Place::regular)
      co_await socket_.async_read_some(asio::buffer(discarded), redirect_to(ec));
  }

  // The session writes a response as long as it lives.
  class Writing {
   public:
    Writing(TcpSession& session, ResponseWriter& writer) : session_(session) {
      session.body_bytes = writer.body_bytes();
      session.writer_ = &writer;
      session.unread_ = 0;
      session.enter(Phase::writing);
    }
    ~Writing() { session_.writer_ = nullptr; }
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;

   private:
    TcpSession& session_;
  };

  StreamSocket socket_;
  beast::flat_buffer buffer_{input_limit};
  std::shared_ptr<HttpShared> shared_;
  std::string client_;
  ResponseWriter* writer_ = nullptr;  // while a response is written
  int unread_ = 0;                    // bytes that the kernel holds for the client
};

}  // namespace

std::shared_ptr<HttpSession> make_session(StreamSocket socket, Place place,
                                          std::shared_ptr<HttpShared> shared) {
  auto& table = shared->table;
  auto session = std::make_shared<TcpSession>(std::move(socket), place, std::move(shared));
  // Not in its constructor: if this throws, its destructor must run.
  table.add(*session, std::chrono::steady_clock::now());
  return session;
}

}  // namespace ganesha::exporter
