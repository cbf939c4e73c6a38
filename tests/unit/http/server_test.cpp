#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <string>
#include <system_error>
#include <vector>

#include "raw_client.hpp"
#include "running_server.hpp"

namespace {
using namespace ganesha::test;
using namespace std::chrono_literals;

std::string body(const std::string& response) { return response.substr(response.find("\r\n\r\n") + 4); }

TEST(HttpServer, AnswersSeveralRequestsOnOneConnection) {
  RunningServer server;
  RawClient client(server.port());
  for (const std::string path : {"/one", "/two", "/three"}) {
    const std::string response = client.get(path + "?q=1%20");
    EXPECT_TRUE(begins(response, "HTTP/1.1 200 OK\r\n")) << response;
    EXPECT_EQ(body(response), "GET " + path + " [q=1%20] []\n");
    EXPECT_TRUE(holds(response, "Date: "));
    EXPECT_FALSE(holds(response, "Connection: "));
  }
  EXPECT_EQ(server.statuses(), (std::vector<unsigned>{200, 200, 200}));
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  RunningServer server;
  RawClient client(server.port());
  client.send(
      "GET /a HTTP/1.1\r\nHost: t\r\n\r\n\r\nPOST /b HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\n\r\nBODY"
      "GET /c HTTP/1.1\r\nHost: t\r\n\r\nGET /d HTTP/1.1\r\nHo");
  EXPECT_EQ(body(client.read_response()), "GET /a [] []\n");
  EXPECT_EQ(body(client.read_response()), "POST /b [] []\n");
  EXPECT_EQ(body(client.read_response()), "GET /c [] []\n");
  client.send("st: t\r\n\r\n");
  EXPECT_EQ(body(client.read_response()), "GET /d [] []\n");
}

TEST(HttpServer, GivesHeadTheLengthButNoBody) {
  RunningServer server;
  RawClient client(server.port());
  client.send("HEAD /many HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_TRUE(holds(client.read_to("\r\n\r\n"), "Content-Length: 53890\r\n"));
  EXPECT_EQ(body(client.get("/next")), "GET /next [] []\n");
}

TEST(HttpServer, JoinsRepeatedHeadersAndAcceptsAbsoluteTargets) {
  RunningServer server;
  RawClient client(server.port());
  client.send("GET http://t:1/p?q HTTP/1.1\r\nHost: t\r\nAccept: a\r\naccept: b\r\n\r\n");
  EXPECT_EQ(body(client.read_response()), "GET /p [q] [a, b]\n");
  client.send("GET http://t?q HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_EQ(body(client.read_response()), "GET / [q] []\n");
  client.send("GET http://t HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_EQ(body(client.read_response()), "GET / [] []\n");
}

TEST(HttpServer, RefusesATargetThatIsNoPath) {
  RunningServer server;
  RawClient client(server.port());
  client.send("GET %2Fmetrics HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_TRUE(begins(client.read_all(), "HTTP/1.1 400 "));
}

TEST(HttpServer, ClosesAfterHttp10UnlessAskedToKeepAlive) {
  RunningServer server;
  RawClient client(server.port());
  client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_TRUE(holds(client.read_response(), "Connection: keep-alive\r\n"));
  client.send("GET /b HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(holds(client.read_all(), "Connection: close\r\n"));
}

TEST(HttpServer, ClosesWhenTheClientAsksForIt) {
  RunningServer server;
  RawClient client(server.port());
  client.send("GET /a HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(begins(client.read_all(), "HTTP/1.1 200 OK\r\n"));
}

TEST(HttpServer, RefusesWhatIsNotHttpWith400) {
  RunningServer server;
  for (const std::string bytes :
       {"rubbish\r\n\r\n", "GET /a b HTTP/1.1\r\nHost: t\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: t\r\nContent-Length: -1\r\n\r\n",
        "\x16\x03\x01\x02\x01\x01\x01\xfc\x03\x03\r\n\r\n"}) {
    RawClient client(server.port());
    client.send(bytes);
    const std::string response = client.read_all();
    EXPECT_TRUE(begins(response, "HTTP/1.1 400 Bad Request\r\n")) << bytes << response;
    EXPECT_TRUE(holds(response, "Connection: close\r\n"));
  }
}

TEST(HttpServer, RefusesALongHeaderWith431) {
  RunningServer server;
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: t\r\nCookie: " + std::string(20000, 'x'));
  EXPECT_TRUE(begins(client.read_all(), "HTTP/1.1 431 "));
  RawClient with_long_target(server.port());
  with_long_target.send("GET /" + std::string(200000, 'x') + " HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_TRUE(begins(with_long_target.read_all(), "HTTP/1.1 431 "));
}

TEST(HttpServer, RefusesALongBodyWith413) {
  RunningServer server;
  RawClient client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 2000\r\n\r\n" + std::string(2000, 'x'));
  EXPECT_TRUE(begins(client.read_all(), "HTTP/1.1 413 "));
}

// Neither a body without an end nor a request hidden in one.
TEST(HttpServer, RefusesABodyOfUntoldLengthWith411) {
  RunningServer server;
  for (const std::string coding : {"chunked", "gzip", "identity", "xchunked"}) {
    RawClient client(server.port());
    client.send("POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: " + coding +
                "\r\n\r\nGET /hidden HTTP/1.1\r\nHost: t\r\n\r\n");
    const auto answer = client.read_all();
    EXPECT_TRUE(begins(answer, "HTTP/1.1 411 ")) << answer;
    EXPECT_EQ(answer.find("HTTP/1.1", 1), answer.npos) << answer;
  }
}

TEST(HttpServer, AnswersExpectationsWith100OrRefusesThemWith417) {
  RunningServer server;
  RawClient client(server.port());
  client.send("POST /p HTTP/1.1\r\nHost: t\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.read_to("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ok");
  EXPECT_EQ(body(client.read_response()), "POST /p [] []\n");
  client.send("GET / HTTP/1.1\r\nHost: t\r\nExpect: miracles\r\n\r\n");
  EXPECT_TRUE(begins(client.read_all(), "HTTP/1.1 417 "));
}

TEST(HttpServer, Answers500ToAHandlerThatThrowsAndGoesOn) {
  RunningServer server;
  RawClient client(server.port());
  EXPECT_TRUE(begins(client.get("/throw"), "HTTP/1.1 500 Internal Server Error\r\n"));
  EXPECT_EQ(body(client.get("/next")), "GET /next [] []\n");
  const std::string log = server.log();
  EXPECT_TRUE(holds(log, R"(level=error msg="Request failed" path=/throw err="broken\nhandler")")) << log;
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1);
}

TEST(HttpServer, SendsManyChunksAsOneBody) {
  RunningServer server;
  RawClient client(server.port());
  std::string expected;
  for (std::size_t i = 0; i < 5000; ++i) expected += RunningServer::chunk(i);
  EXPECT_EQ(body(client.get("/many")), expected);
}

TEST(HttpServer, ClosesAConnectionThatSendsItsRequestTooSlowly) {
  HttpOptions options;
  options.request_timeout = 50ms;
  RunningServer server(options);
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\nHo");
  EXPECT_TRUE(client.sees_close());
  RawClient with_slow_body(server.port());
  with_slow_body.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\n12");
  EXPECT_TRUE(with_slow_body.sees_close());
  EXPECT_TRUE(server.statuses().empty());
}

TEST(HttpServer, GivesDripFedRequestsOneDeadlineInAll) {
  HttpOptions options;
  options.request_timeout = 100ms;
  options.header_limit = 1U << 30;
  RunningServer server(options);
  RawClient client(server.port());
  const auto begin = std::chrono::steady_clock::now();
  while (client.send("G") && std::chrono::steady_clock::now() - begin < 20s) std::this_thread::yield();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s);
}

TEST(HttpServer, ClosesIdleConnections) {
  HttpOptions options;
  options.idle_timeout = 300ms;  // time enough for one request on a busy machine
  options.first_byte_timeout = 300ms;
  RunningServer server(options);
  RawClient silent(server.port()), client(server.port());
  EXPECT_TRUE(begins(client.get("/"), "HTTP/1.1 200 "));
  EXPECT_TRUE(client.sees_close());
  EXPECT_TRUE(silent.sees_close());
}

TEST(HttpServer, ClosesAConnectionThatReadsItsResponseTooSlowly) {
  HttpOptions options;
  options.write_timeout = 50ms;
  RunningServer server(options);
  RawClient client(server.port());
  client.send("GET /huge HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_EQ(client.read(15), "HTTP/1.1 200 OK");
  auto done = server.stop(20s);
  EXPECT_EQ(done.wait_for(10s), std::future_status::ready);
}

TEST(HttpServer, StopsWhenOpenRequestsAreAnsweredAndClosesIdleOnesAtOnce) {
  RunningServer server;
  RawClient busy(server.port()), idle(server.port());
  EXPECT_TRUE(begins(idle.get("/"), "HTTP/1.1 200 "));
  busy.send("GET /wait HTTP/1.1\r\nHost: t\r\n\r\n");
  ASSERT_TRUE(server.is_waiting());
  auto done = server.stop(20s);
  EXPECT_TRUE(idle.sees_close());
  EXPECT_EQ(done.wait_for(0s), std::future_status::timeout);
  EXPECT_FALSE(RawClient().connect(server.port()));
  server.release();
  const std::string response = busy.read_all();
  EXPECT_EQ(body(response), "GET /wait [] []\n");
  EXPECT_TRUE(holds(response, "Connection: close\r\n"));
  EXPECT_EQ(done.wait_for(20s), std::future_status::ready);
}

TEST(HttpServer, ClosesOpenRequestsWhenTheDeadlineOfStopPasses) {
  RunningServer server;
  RawClient busy(server.port()), half_sent(server.port());
  half_sent.send("GET / HT");
  busy.send("GET /wait HTTP/1.1\r\nHost: t\r\n\r\n");
  ASSERT_TRUE(server.is_waiting());
  auto done = server.stop(50ms);
  EXPECT_EQ(done.wait_for(20s), std::future_status::ready);
  EXPECT_TRUE(busy.sees_close());
  EXPECT_TRUE(half_sent.sees_close());
}

TEST(HttpServer, StopsAtOnceWithoutConnections) {
  RunningServer server;
  auto done = server.stop(1h);
  EXPECT_EQ(done.wait_for(20s), std::future_status::ready);
}

TEST(HttpServer, OutlivesClientsThatVanish) {
  RunningServer server;
  {
    RawClient reading(server.port()), waiting(server.port());
    reading.reset_on_close();
    waiting.reset_on_close();
    reading.send("GET /huge HTTP/1.1\r\nHost: t\r\n\r\n");
    EXPECT_EQ(reading.read(15), "HTTP/1.1 200 OK");
    waiting.send("GET /wait HTTP/1.1\r\nHost: t\r\n\r\n");
    ASSERT_TRUE(server.is_waiting());
  }
  server.release();
  EXPECT_EQ(body(RawClient(server.port()).get("/next")), "GET /next [] []\n");
}

TEST(HttpServer, NamesTheAddressItCannotListenOn) {
  RunningServer server;
  boost::asio::io_context context;
  std::ostringstream out;
  Log log(LogLevel::info, LogFormat::logfmt, out);
  HttpServer second(context.get_executor(), {}, log);
  const auto error_of = [&](const std::string& host) -> std::string {
    try {
      second.listen({host, server.port()});
    } catch (const std::system_error& error) {
      return error.what();
    }
    return "";
  };
  const std::string port = std::to_string(server.port());
  EXPECT_EQ(error_of("127.0.0.1"), "cannot listen on 127.0.0.1:" + port + ": Address already in use");
  EXPECT_EQ(error_of(""), "cannot listen on :" + port + ": Address already in use");
  EXPECT_TRUE(begins(error_of("198.51.100.1"), "cannot listen on 198.51.100.1:" + port + ": "));
  EXPECT_TRUE(begins(error_of("no.such.host.invalid"), "cannot listen on no.such.host.invalid:"));
  EXPECT_TRUE(second.addresses().empty());
}

TEST(HttpServer, ListensOnIPv4TooWhenNoHostIsNamed) {
  RunningServer server({}, "");
  EXPECT_TRUE(begins(RawClient(server.port()).get("/"), "HTTP/1.1 200 "));
}

// Takes every descriptor that is left, and gives them back.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit few{128, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &few);
    for (int fd = 0; (fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) taken_.push_back(fd);
  }
  ~NoDescriptors() {
    for (const int fd : taken_) ::close(fd);
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

// The sanitizers' own checks need descriptors: this one runs without them.
#ifndef __SANITIZE_ADDRESS__
TEST(HttpServer, AcceptsAgainWhenDescriptorsRanOutForAWhile) {
  RunningServer server;
  RawClient client;
  server.log();  // its thread has run: glibc opens a file at a thread's first allocation
  {
    const NoDescriptors none;
    ASSERT_TRUE(client.connect(server.port()));
    EXPECT_TRUE(server.has_logged("Cannot accept connections"));
  }
  EXPECT_TRUE(begins(client.get("/"), "HTTP/1.1 200 "));
  const std::string log = server.log();
  EXPECT_TRUE(holds(log, R"(msg="Cannot accept connections" err="Too many open files")")) << log;
  EXPECT_TRUE(holds(log, "Accepting connections again"));
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 2);
}
#endif

}  // namespace
