// An HttpServer on a port of its own, its loop in a thread, with pages made for tests.
// The http_server tests talk to it over real sockets and look into it on its own loop.
#pragma once

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "exporter/http/server.hpp"

namespace ganesha::test {
using namespace ganesha::exporter;
namespace asio = boost::asio;

class RunningServer {
 public:
  explicit RunningServer(HttpOptions options = {}, const std::string& host = "127.0.0.1")
      : server_(context_.get_executor(), [this](HttpRequest r) { return handle(std::move(r)); }, log_,
                options,
                {[this](unsigned status) { note(status); },
                 [this](CloseReason reason) { closed_.push_back(reason); }}) {
    gate_.expires_at(asio::steady_timer::time_point::max());
    server_.listen({host, 0});
    port_ = server_.addresses().front().port;
    server_.start();
    thread_ = std::thread([this] { context_.run(); });
  }
  ~RunningServer() {
    context_.stop();
    thread_.join();
  }

  std::uint16_t port() const { return port_; }

  /// Runs `look` on the loop and gives its result.
  template <class Look>
  auto on_loop(Look look) {
    std::promise<decltype(look())> promise;
    auto found = promise.get_future();
    // The promise moves along: it must not go before set_value() has returned.
    asio::post(context_, [&look, promise = std::move(promise)]() mutable { promise.set_value(look()); });
    return found.get();
  }

  void use_tls(std::shared_ptr<const TlsContext> context) {
    on_loop([&] { return server_.use_tls(std::move(context)), true; });
  }

  /// True once `holds`, asked on the loop, is; false after long waiting.
  template <class Condition>
  bool eventually(Condition holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < end) {
      if (on_loop(holds)) return true;
      std::this_thread::yield();
    }
    return false;
  }

  std::string log() {
    return on_loop([this] { return log_text_.str(); });
  }
  std::vector<unsigned> statuses() {
    return on_loop([this] { return statuses_; });
  }
  std::vector<CloseReason> closed() {
    return on_loop([this] { return closed_; });
  }
  bool has_logged(const std::string& text) {
    return eventually([&] { return log_text_.str().find(text) != std::string::npos; });
  }
  bool has_closed(CloseReason reason) {
    return eventually([&] { return std::ranges::find(closed_, reason) != closed_.end(); });
  }
  bool is_waiting(int requests = 1) {
    return eventually([&] { return waiting_ >= requests; });
  }
  /// Lets the requests to /wait go on.
  void release() {
    on_loop([this] { return gate_.expires_at(asio::steady_timer::time_point::min()); });
  }
  std::future<void> stop(std::chrono::milliseconds deadline) {
    return asio::co_spawn(context_, server_.stop(deadline), asio::use_future);
  }

  static std::string chunk(std::size_t i) { return "chunk " + std::to_string(i) + "\n"; }
  /// A few MB of which no two parts are equal.
  static std::string varied() {
    std::string all;
    for (std::size_t i = 0; i < 200'000; ++i) all += chunk(i);
    return all;
  }

 private:
  static HttpResponse many_chunks() {
    HttpResponse response;
    for (std::size_t i = 0; i < 5000; ++i)
      response.body.push_back(std::make_shared<const std::string>(chunk(i)));
    return response;
  }

  // 64 MB: more than the kernel buffers for a client that does not read.
  static HttpResponse huge() {
    HttpResponse response;
    response.body.assign(64, std::make_shared<const std::string>(1 << 20, 'x'));
    return response;
  }

  // 8 MB that no other response shares.
  static HttpResponse unique() {
    HttpResponse response;
    response.body.push_back(std::make_shared<const std::string>(8 << 20, 'x'));
    return response;
  }

  static HttpResponse text(std::string body) {
    HttpResponse response;
    response.body.push_back(std::make_shared<const std::string>(std::move(body)));
    return response;
  }

  void note(unsigned status) {
    if (status == broken_observer) throw std::runtime_error("broken observer");
    statuses_.push_back(status);
  }

  asio::awaitable<HttpResponse> handle(HttpRequest request) {
    if (request.path == "/throw") throw std::runtime_error("broken\nhandler");
    if (request.path == "/many") co_return many_chunks();
    if (request.path == "/huge") co_return huge();
    if (request.path == "/unique") co_return unique();
    if (request.path == "/varied") co_return text(varied());
    if (request.path == "/place") co_return text(request.place == Place::reserve ? "reserve\n" : "regular\n");
    if (request.path == "/observer-throws") {
      HttpResponse response;
      response.status = broken_observer;
      co_return response;
    }
    if (request.path == "/wait") {
      boost::system::error_code ec;
      ++waiting_;
      co_await gate_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    }
    HttpResponse response;
    response.headers = {{"Content-Type", "text/plain"}};
    response.body.push_back(std::make_shared<const std::string>(
        request.method + " " + request.path + " [" + request.query + "] [" + request.accept + "]\n"));
    co_return response;
  }

  static constexpr unsigned broken_observer = 299;

  std::ostringstream log_text_;
  Log log_{LogLevel::info, LogFormat::logfmt, log_text_};
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
  asio::steady_timer gate_{context_};
  int waiting_ = 0;
  std::vector<unsigned> statuses_;
  std::vector<CloseReason> closed_;
  HttpServer server_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace ganesha::test
