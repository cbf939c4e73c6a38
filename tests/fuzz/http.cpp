// A whole connection of the HTTP server: the bytes that a client sends. They are sent twice, at once and in
// pieces of lengths that the bytes decide, which must make no difference.
#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <optional>
#include <sstream>

#include "exporter/http/server.hpp"
#include "fuzz.hpp"
#include "raw_client.hpp"

namespace {

using namespace ganesha::exporter;
using namespace ganesha::fuzz;
namespace asio = boost::asio;

// Sizes that inputs reach, and times that a slow machine does not.
HttpOptions limits() {
  HttpOptions options;
  for (auto* time : {&options.first_byte_timeout, &options.idle_timeout, &options.request_timeout,
                     &options.progress_timeout, &options.linger_timeout})
    *time = std::chrono::hours(1);
  options.header_limit = 1024;
  options.body_limit = 64;
  return options;
}

void check_request(const HttpRequest& request) {
  expect(request.path.starts_with('/') || request.path == "*", "a path begins with a slash");
  expect(request.path.find('?') == request.path.npos, "a path holds no query");
  expect(!request.method.empty(), "a request has a method");
  for (const auto& text : {request.method, request.path, request.query, request.accept,
                           request.accept_encoding, request.host, request.authorization})
    expect(text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos, "a header is one line");
}

// What the server made of a connection.
struct Seen {
  std::vector<std::string> requests;
  std::vector<unsigned> statuses;
};

class Server {
 public:
  Server() {
    server_.listen({"127.0.0.1", 0});
    server_.start();
  }

  Seen exchange(const std::vector<std::string_view>& pieces) {
    seen_ = {};
    ganesha::test::RawClient client(server_.addresses().front().port);
    client.reset_on_close();  // no port waits after its connection
    for (const auto piece : pieces) {
      client.send(piece);
      turn();
    }
    client.shutdown_send();
    const auto answers = read_all(client);
    check_answers(answers);
    return std::move(seen_);
  }

 private:
  void turn() {
    context_.restart();
    context_.poll();
  }

  std::string read_all(ganesha::test::RawClient& client) {
    std::string answers;
    while (client.append_available(answers)) turn();
    return answers;
  }

  // Whole responses and nothing else, one for each status that was counted.
  void check_answers(std::string_view answers) const {
    std::size_t responses = 0;
    while (!answers.empty()) {
      const auto head = take_head(answers);
      if (head == "HTTP/1.1 100 Continue") continue;
      const bool handled = responses < seen_.requests.size();
      const bool without_body = handled && seen_.requests[responses].starts_with("HEAD ");
      if (!without_body) take_body(head, answers);
      ++responses;
    }
    expect(responses == seen_.statuses.size(), "each response is counted");
    expect(seen_.requests.size() <= responses, "each request has a response");
    expect(responses <= seen_.requests.size() + 1,
           "a connection ends with the first request that is refused");
  }

  static std::string_view take_head(std::string_view& answers) {
    expect(answers.starts_with("HTTP/1.1 "), "a response begins with its version");
    const auto head = answers.substr(0, answers.find("\r\n\r\n"));
    expect(head.size() < answers.size(), "a response has a whole head");
    answers.remove_prefix(head.size() + 4);
    return head;
  }

  static void take_body(std::string_view head, std::string_view& answers) {
    constexpr std::string_view name = "\r\nContent-Length: ";
    const auto at = head.find(name);
    expect(at != head.npos, "a response has a length");
    const auto length = std::strtoul(std::string(head.substr(at + name.size())).c_str(), nullptr, 10);
    expect(length <= answers.size(), "a response has a whole body");
    answers.remove_prefix(length);
  }

  asio::awaitable<HttpResponse> handle(HttpRequest request) {
    check_request(request);
    seen_.requests.push_back(request.method + ' ' + request.path + ' ' + request.query + ' ' +
                             request.accept + ' ' + request.accept_encoding + ' ' + request.host + ' ' +
                             request.authorization);
    HttpResponse response;
    response.body.push_back(std::make_shared<const std::string>("body\n"));
    co_return response;
  }

  std::ostringstream log_text_;
  Log log_{LogLevel::error, LogFormat::logfmt, log_text_};
  asio::io_context context_{1};
  Seen seen_;
  HttpServer server_{context_.get_executor(),
                     [this](HttpRequest request) { return handle(std::move(request)); },
                     log_,
                     limits(),
                     {[this](unsigned status) { seen_.statuses.push_back(status); }, {}}};
};

// Each piece is as long as the byte before it says.
std::vector<std::string_view> pieces_of(std::string_view bytes) {
  std::vector<std::string_view> pieces;
  std::size_t length = 1;
  while (!bytes.empty()) {
    pieces.push_back(bytes.substr(0, length));
    bytes.remove_prefix(pieces.back().size());
    length = 1 + static_cast<unsigned char>(pieces.back().back());
  }
  return pieces;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Server server;
  const auto bytes = text_of(data, size);
  const auto at_once = server.exchange({bytes});
  const auto in_pieces = server.exchange(pieces_of(bytes));
  // Not the statuses: a head that never ends is 431 or nothing, by how much of it comes at once.
  expect(in_pieces.requests == at_once.requests, "how bytes arrive makes no difference to requests");
  return 0;
}
