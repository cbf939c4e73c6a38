// A server with TLS, by clients that are raw bytes, and by the exporter's own client.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <list>

#include "certificates.hpp"
#include "exporter/http/client.hpp"
#include "exporter/http/tls_context.hpp"
#include "raw_client.hpp"
#include "running_server.hpp"

namespace {
using namespace ganesha::test;
using namespace std::chrono_literals;
using testing::HasSubstr;

std::shared_ptr<const TlsContext> context_of(const std::string& name, ClientAuth auth = ClientAuth::none) {
  TlsSettings settings;
  settings.cert_file = Certificates::file(name + ".pem");
  settings.key_file = Certificates::file(name + ".key");
  settings.client_auth = auth;
  if (auth != ClientAuth::none) settings.client_ca_file = Certificates::file("ca.pem");
  return std::make_shared<TlsContext>(settings);
}

// The first bytes of what a client sends first.
const std::string half_hello("\x16\x03\x01\x02\x00\x01\x00", 7);

// The whole response to a client that asks for records of at most 512 bytes.
std::string get_in_small_records(std::uint16_t port, const std::string& target) {
  asio::io_context loop(1);
  asio::ssl::context context(asio::ssl::context::tls_client);
  SSL_CTX_set_tlsext_max_fragment_length(context.native_handle(), TLSEXT_max_fragment_length_512);
  asio::ssl::stream<asio::ip::tcp::socket> stream(loop, context);
  stream.lowest_layer().connect({asio::ip::address_v4::loopback(), port});
  stream.handshake(asio::ssl::stream_base::client);
  asio::write(stream, asio::buffer("GET " + target + " HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"));
  std::string response;
  boost::system::error_code ec;
  asio::read(stream, asio::dynamic_buffer(response), ec);
  return response;
}

class TlsServer : public testing::Test {
 protected:
  void start(HttpOptions options = {}, ClientAuth auth = ClientAuth::none) {
    server_.emplace(options);
    server_->use_tls(context_of("server", auth));
  }

  ClientSettings settings() const {
    ClientSettings settings;
    settings.scheme = Scheme::https;
    settings.host = "127.0.0.1";
    settings.port = server_->port();
    settings.ca_file = Certificates::file("ca.pem");
    return settings;
  }

  // The body, or the text of the error.
  static std::string get(const ClientSettings& settings, const std::string& target = "/path?query") {
    asio::io_context loop(1);
    const HttpClient client(loop, settings);
    auto pending = asio::co_spawn(loop, client.get(target, {20s}), asio::use_future);
    loop.run();
    const auto reply = pending.get();
    return reply ? reply->body : reply.error().message();
  }

  std::optional<RunningServer> server_;
};

TEST_F(TlsServer, AnswersTheClient) {
  start();
  EXPECT_EQ(get(settings()), "GET /path [query] []\n");
}

TEST_F(TlsServer, SendsALargePageOfManyChunksWhole) {
  start();
  std::string all;
  for (std::size_t i = 0; i < 5000; ++i) all += RunningServer::chunk(i);
  EXPECT_EQ(get(settings(), "/many"), all);
  EXPECT_EQ(get(settings(), "/unique"), std::string(8 << 20, 'x'));
}

TEST_F(TlsServer, SendsALargePageWholeInRecordsAsSmallAsTheClientAsksFor) {
  start();
  const std::string response = get_in_small_records(server_->port(), "/varied");
  EXPECT_TRUE(response.substr(response.find("\r\n\r\n") + 4) == RunningServer::varied());
}

TEST_F(TlsServer, IsNotTrustedWithAnotherCaOrName) {
  start();
  ClientSettings wrong = settings();
  wrong.ca_file = Certificates::file("another_ca.pem");
  EXPECT_THAT(get(wrong), HasSubstr("the server's certificate is not trusted: unable to get local issuer"));
  wrong = settings();
  wrong.server_name = "elsewhere.example";
  EXPECT_EQ(get(wrong), "the server's certificate is not trusted: hostname mismatch");
  wrong.server_name = "127.0.0.2";
  EXPECT_EQ(get(wrong), "the server's certificate is not trusted: IP address mismatch");
  wrong.server_name = "localhost";
  EXPECT_EQ(get(wrong), "GET /path [query] []\n");
}

TEST_F(TlsServer, TakesACertificateOfTheClient) {
  start({}, ClientAuth::require_and_verify);
  EXPECT_THAT(get(settings()), HasSubstr("certificate required"));
  ClientSettings known = settings();
  known.cert_file = Certificates::file("client.pem");
  known.key_file = Certificates::file("client.key");
  EXPECT_EQ(get(known), "GET /path [query] []\n");
}

TEST_F(TlsServer, RefusesPlainHttpInPlainText) {
  start();
  RawClient client(server_->port());
  client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_EQ(client.read_all(),
            "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n");
}

TEST_F(TlsServer, ClosesAConnectionOfOtherBytes) {
  start();
  RawClient client(server_->port());
  client.send("SSH-2.0-OpenSSH_9.2\r\n");
  client.read_all();
  EXPECT_TRUE(client.sees_close());
}

TEST_F(TlsServer, ClosesClientsThatAreSilentOrStopInTheHandshake) {
  HttpOptions options;
  options.first_byte_timeout = 100ms;
  start(options);
  RawClient silent(server_->port()), half(server_->port());
  half.send(half_hello);
  EXPECT_TRUE(silent.sees_close());
  EXPECT_TRUE(half.sees_close());
  EXPECT_EQ(server_->closed(),
            std::vector<CloseReason>({CloseReason::first_byte_timeout, CloseReason::first_byte_timeout}));
}

TEST_F(TlsServer, GivesThePlaceOfAHalfDoneHandshakeToANewConnection) {
  HttpOptions options;
  options.max_connections = 2;
  start(options);
  std::list<RawClient> half;
  for (std::size_t i = 0; i < 8; ++i) {
    half.emplace_back(server_->port());
    half.back().send(half_hello);
  }
  EXPECT_TRUE(server_->has_closed(CloseReason::idle_evicted));
  EXPECT_EQ(get(settings()), "GET /path [query] []\n");
}

TEST_F(TlsServer, UsesANewCertificateForNewConnectionsAndPlainHttpWithoutOne) {
  start();
  server_->use_tls(context_of("chained"));
  EXPECT_THAT(get(settings()), HasSubstr("not trusted"));  // it shows no intermediate
  server_->use_tls(context_of("rsa"));
  EXPECT_EQ(get(settings()), "GET /path [query] []\n");
  server_->use_tls(nullptr);
  RawClient client(server_->port());
  EXPECT_THAT(client.get("/"), HasSubstr("200 OK"));
}

TEST_F(TlsServer, ClosesIdleConnectionsThatOtherRulesLetIn) {
  server_.emplace();
  RawClient idle(server_->port());
  EXPECT_THAT(idle.get("/"), HasSubstr("200 OK"));
  server_->use_tls(context_of("server", ClientAuth::require_and_verify));
  EXPECT_TRUE(idle.sees_close());
}

TEST_F(TlsServer, IsNotNeededByTheClient) {
  server_.emplace();
  ClientSettings plain = settings();
  plain.scheme = Scheme::http;
  EXPECT_EQ(get(plain), "GET /path [query] []\n");
}

TEST_F(TlsServer, StopsWhileAHandshakeIsHalfDone) {
  start();
  RawClient half(server_->port());
  half.send(half_hello);
  server_->stop(20s).get();
  EXPECT_TRUE(half.sees_close());
}

}  // namespace
