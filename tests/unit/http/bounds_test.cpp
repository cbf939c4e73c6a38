// What the server does with more connections, slower clients and slower handlers than it has time and memory
// for.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "raw_client.hpp"
#include "running_server.hpp"

namespace {
using namespace ganesha::test;
using namespace std::chrono_literals;

using Reasons = std::vector<CloseReason>;

void send_get(RawClient& client, const std::string& path) {
  client.send("GET " + path + " HTTP/1.1\r\nHost: t\r\n\r\n");
}

// Returns when its response has begun, and reads no more of it.
void begin_to_read(RawClient& client, const std::string& path) {
  send_get(client, path);
  EXPECT_EQ(client.read(15), "HTTP/1.1 200 OK");
}

TEST(HttpBounds, CloseANewConnectionThatSendsNothing) {
  HttpOptions options;
  options.first_byte_timeout = 100ms;
  RunningServer server(options);
  EXPECT_TRUE(RawClient(server.port()).sees_close());
  EXPECT_EQ(server.closed(), Reasons{CloseReason::first_byte_timeout});
}

TEST(HttpBounds, GiveANewConnectionThePlaceOfAnIdleOne) {
  HttpOptions options;
  options.max_connections = 1;
  RunningServer server(options);
  RawClient idle(server.port());
  EXPECT_TRUE(begins(idle.get("/"), "HTTP/1.1 200 "));
  RawClient next(server.port());
  EXPECT_TRUE(begins(next.get("/"), "HTTP/1.1 200 "));
  EXPECT_TRUE(idle.sees_close());
  EXPECT_EQ(server.closed(), Reasons{CloseReason::idle_evicted});
}

TEST(HttpBounds, GiveANewConnectionThePlaceOfAReader) {
  HttpOptions options;
  options.max_connections = 1;
  RunningServer server(options);
  RawClient reader(server.port());
  begin_to_read(reader, "/huge");
  EXPECT_TRUE(begins(RawClient(server.port()).get("/"), "HTTP/1.1 200 "));
  EXPECT_EQ(server.closed().front(), CloseReason::reader_evicted);
}

TEST(HttpBounds, KeepConnectionsWhoseRequestIsHandledAndUseTheReserve) {
  HttpOptions options;
  options.max_connections = 1;
  options.reserve = 1;
  RunningServer server(options);
  RawClient busy(server.port());
  send_get(busy, "/wait");
  ASSERT_TRUE(server.is_waiting());
  for (int i = 0; i < 3; ++i) {
    RawClient client(server.port());
    send_get(client, "/place");
    const std::string response = client.read_all();
    EXPECT_TRUE(holds(response, "\r\n\r\nreserve\n")) << response;
    EXPECT_TRUE(holds(response, "Connection: close\r\n"));
  }
  server.release();
  EXPECT_TRUE(begins(busy.read_response(), "HTTP/1.1 200 "));
  EXPECT_TRUE(holds(busy.get("/place"), "\r\n\r\nregular\n"));
}

TEST(HttpBounds, RefuseAConnectionWhenTheReserveIsHandledToo) {
  HttpOptions options;
  options.max_connections = 1;
  options.reserve = 1;
  RunningServer server(options);
  RawClient regular(server.port()), reserve;
  send_get(regular, "/wait");
  ASSERT_TRUE(server.is_waiting());
  ASSERT_TRUE(reserve.connect(server.port()));
  send_get(reserve, "/wait");
  ASSERT_TRUE(server.is_waiting(2));
  EXPECT_TRUE(RawClient(server.port()).sees_close());
  EXPECT_EQ(server.closed(), Reasons{CloseReason::over_limit});
  server.release();
  EXPECT_TRUE(begins(reserve.read_response(), "HTTP/1.1 200 "));
}

TEST(HttpBounds, CloseAReaderWithoutProgress) {
  HttpOptions options;
  options.progress_timeout = 200ms;
  RunningServer server(options);
  RawClient client(server.port());
  begin_to_read(client, "/huge");
  EXPECT_TRUE(server.has_closed(CloseReason::no_progress));
}

TEST(HttpBounds, CloseTheNewestOfTooManyReadersThatHaveJustBegun) {
  HttpOptions options;
  options.max_readers = 1;
  RunningServer server(options);
  RawClient first(server.port()), second(server.port());
  begin_to_read(first, "/huge");
  begin_to_read(second, "/huge");
  EXPECT_EQ(server.closed(), Reasons{CloseReason::reader_evicted});
  EXPECT_EQ(first.read(60'000'000).size(), 60'000'000U);
}

TEST(HttpBounds, CloseReadersWhosePagesHoldTooMuch) {
  HttpOptions options;
  options.page_bytes = 1;
  RunningServer server(options);
  RawClient clients[4];
  for (auto& client : clients) {
    ASSERT_TRUE(client.connect(server.port()));
    begin_to_read(client, "/unique");
  }
  EXPECT_EQ(server.closed(), Reasons{CloseReason::page_bytes});
}

TEST(HttpBounds, DoNotCountAPageThatReadersShareTwice) {
  HttpOptions options;
  options.page_bytes = 1;
  RunningServer server(options);
  RawClient clients[20];
  for (auto& client : clients) {
    ASSERT_TRUE(client.connect(server.port()));
    begin_to_read(client, "/huge");
  }
  EXPECT_EQ(server.closed(), Reasons{});
}

TEST(HttpBounds, Answer503ForAHandlerThatTakesTooLongAndGoOn) {
  HttpOptions options;
  options.handler_timeout = 50ms;
  RunningServer server(options);
  RawClient client(server.port());
  for (int i = 0; i < 2; ++i)
    EXPECT_TRUE(begins(client.get("/wait"), "HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_TRUE(begins(client.get("/next"), "HTTP/1.1 200 "));
  server.release();  // what the handlers give now is dropped
  EXPECT_TRUE(begins(client.get("/wait"), "HTTP/1.1 200 "));
  const std::string log = server.log();
  EXPECT_TRUE(holds(log, R"(msg="Request takes too long, answering 503" path=/wait)")) << log;
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1) << log;
}

TEST(HttpBounds, LogAnUnexpectedExceptionAndGoOn) {
  RunningServer server;
  EXPECT_EQ(RawClient(server.port()).get("/observer-throws"), "");
  EXPECT_TRUE(server.has_logged(R"(level=error msg="HTTP connection failed" err="broken observer")"));
  EXPECT_EQ(server.closed(), Reasons{CloseReason::error});
  EXPECT_TRUE(begins(RawClient(server.port()).get("/"), "HTTP/1.1 200 "));
}

}  // namespace
