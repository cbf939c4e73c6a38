#include "exporter/http/access.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <optional>
#include <stdexcept>

#include "exporter/http/response.hpp"

namespace {
using namespace ganesha::exporter;
using namespace std::chrono_literals;
namespace asio = boost::asio;

const std::string of_secret = "$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
const std::string ann = "Basic YW5uOnNlY3JldA==";  // ann:secret
const std::string wrong = "Basic YW5uOndyb25n";    // ann:wrong

std::string header(const HttpResponse& response, const std::string& name) {
  std::string found;
  for (const auto& [key, value] : response.headers)
    if (key == name) found += (found.empty() ? "" : ", ") + value;
  return found;
}

class AnAccess : public testing::Test {
 protected:
  using Answer = std::shared_ptr<std::optional<HttpResponse>>;

  Answer begin(HttpRequest request) {
    const auto answer = std::make_shared<std::optional<HttpResponse>>();
    asio::co_spawn(loop_, handler_(std::move(request)),
                   [answer](const std::exception_ptr& failure, HttpResponse response) {
                     if (failure) std::rethrow_exception(failure);
                     *answer = std::move(response);
                   });
    loop_.restart();
    loop_.poll();
    return answer;
  }

  HttpResponse finish(const Answer& answer) {
    const auto end = std::chrono::steady_clock::now() + 60s;
    loop_.restart();
    while (!*answer && std::chrono::steady_clock::now() < end) loop_.run_one_for(1s);
    if (!*answer) throw std::runtime_error("no answer");
    return **answer;
  }

  HttpResponse get(const std::string& path, const std::string& authorization = {}) {
    HttpRequest request;
    request.method = "GET";
    request.path = path;
    request.authorization = authorization;
    request.client = "::ffff:192.0.2.1";
    return finish(begin(std::move(request)));
  }
  unsigned status(const std::string& path, const std::string& authorization = {}) {
    return get(path, authorization).status;
  }

  asio::awaitable<HttpResponse> page(HttpRequest request) {
    if (request.path == "/wait") {
      asio::steady_timer timer(loop_, 1ms);
      co_await timer.async_wait(asio::use_awaitable);
    }
    HttpResponse response = plain_response(200, "[" + request.authorization + "]");
    response.headers.emplace_back("Content-Security-Policy", "default-src 'none'");
    co_return response;
  }

  static AccessSettings with_ann() {
    AccessSettings settings;
    settings.users = {{"ann", of_secret}};
    return settings;
  }

  asio::io_context loop_{1};
  Access access_{loop_.get_executor(), {"/-/healthy", "/-/ready"}};
  HttpHandler handler_ = access_.guard([this](HttpRequest request) { return page(std::move(request)); });
};

TEST_F(AnAccess, LetsAllInWithoutSettings) {
  EXPECT_EQ(status("/metrics"), 200u);
  EXPECT_EQ(status("/metrics", wrong), 200u);
}

TEST_F(AnAccess, AsksForAPassword) {
  access_.configure(with_ann());
  const auto response = get("/metrics");
  EXPECT_EQ(response.status, 401u);
  EXPECT_EQ(header(response, "WWW-Authenticate"), R"(Basic realm="ganesha_exporter", charset="UTF-8")");
  EXPECT_EQ(*response.body.front(), "Unauthorized\n");
  for (const std::string& bad : {wrong, std::string("Basic"), std::string("Basic ====")})
    EXPECT_EQ(status("/metrics", bad), 401u) << bad;
  EXPECT_EQ(status("/metrics", ann), 200u);
}

TEST_F(AnAccess, IsClosedButForProbesUntilItIsConfigured) {
  access_.close("it is closed");
  const auto response = get("/metrics", ann);
  EXPECT_EQ(response.status, 503u);
  EXPECT_EQ(*response.body.front(), "it is closed\n");
  EXPECT_EQ(status("/-/healthy"), 200u);
  EXPECT_EQ(status("/-/ready"), 200u);
  access_.configure(with_ann());
  EXPECT_EQ(status("/metrics"), 401u);
  EXPECT_EQ(status("/metrics", ann), 200u);
}

TEST_F(AnAccess, ShowsNoPasswordToThePages) {
  access_.configure(with_ann());
  EXPECT_EQ(*get("/metrics", ann).body.front(), "[]\n");
}

TEST_F(AnAccess, LetsProbesInWithoutPasswordAndToken) {
  auto settings = with_ann();
  settings.rate_limit = RateLimit{1h, 0};
  access_.configure(settings);
  for (const auto path : {"/-/healthy", "/-/ready"})
    for (const std::string& authorization : {std::string(), wrong})
      EXPECT_EQ(status(path, authorization), 200u) << path;
  for (const auto path : {"/-/healthy/", "/%2D/healthy", "//-/healthy", "/-/reload", "/-/Ready"})
    EXPECT_EQ(status(path), 429u) << path;
}

TEST_F(AnAccess, LimitsTheRateOfAllRequestsBeforePasswords) {
  auto settings = with_ann();
  settings.rate_limit = RateLimit{1h, 2};
  access_.configure(settings);
  EXPECT_EQ(status("/metrics", ann), 200u);
  EXPECT_EQ(status("/metrics"), 401u);
  const auto response = get("/metrics", ann);
  EXPECT_EQ(response.status, 429u);
  EXPECT_EQ(header(response, "Retry-After"), "1");
}

TEST_F(AnAccess, KeepsTheTokensUnlessTheLimitChanges) {
  AccessSettings settings;
  settings.rate_limit = RateLimit{1h, 1};
  access_.configure(settings);
  EXPECT_EQ(status("/"), 200u);
  settings.users = with_ann().users;
  access_.configure(settings);
  EXPECT_EQ(status("/"), 429u);
  settings.rate_limit = RateLimit{1h, 2};
  access_.configure(settings);
  EXPECT_EQ(status("/"), 401u);
}

TEST_F(AnAccess, HasNoLimitWhereTheIntervalIs0) {
  AccessSettings settings;
  settings.rate_limit = RateLimit{0ms, 0};
  access_.configure(settings);
  EXPECT_EQ(status("/"), 200u);
}

TEST_F(AnAccess, AddsHeadersToEachResponse) {
  auto settings = with_ann();
  settings.rate_limit = RateLimit{1h, 2};
  settings.headers = {{"X-Frame-Options", "deny"}, {"Strict-Transport-Security", ""}};
  access_.configure(settings);
  for (const auto& [expected, authorization] :
       {std::pair{200u, ann}, std::pair{401u, wrong}, std::pair{429u, ann}}) {
    const auto response = get("/metrics", authorization);
    EXPECT_EQ(response.status, expected);
    EXPECT_EQ(header(response, "X-Frame-Options"), "deny");
    EXPECT_EQ(header(response, "Strict-Transport-Security"), "");
  }
  EXPECT_EQ(header(get("/-/ready"), "X-Frame-Options"), "deny");
}

TEST_F(AnAccess, SetsAHeaderOnce) {
  AccessSettings settings;
  settings.headers = {{"x-content-type-options", "nosniff"},
                      {"Content-Security-Policy", "default-src 'self'"}};
  access_.configure(settings);
  const auto response = get("/metrics");
  EXPECT_EQ(header(response, "Content-Security-Policy"), "default-src 'self'");
  EXPECT_EQ(header(response, "X-Content-Type-Options"), "");
  EXPECT_EQ(header(response, "x-content-type-options"), "nosniff");
}

TEST_F(AnAccess, HandlesARequestByTheSettingsOfItsBeginning) {
  AccessSettings settings;
  settings.headers = {{"X-Frame-Options", "deny"}};
  access_.configure(settings);
  HttpRequest request;
  request.path = "/wait";
  const auto answer = begin(request);
  access_.configure(with_ann());
  const auto response = finish(answer);
  EXPECT_EQ(response.status, 200u);
  EXPECT_EQ(header(response, "X-Frame-Options"), "deny");
  EXPECT_EQ(status("/metrics"), 401u);
}

TEST_F(AnAccess, NeedsNoPasswordAnyMoreOnceTheUsersAreGone) {
  access_.configure(with_ann());
  EXPECT_EQ(status("/metrics"), 401u);
  access_.configure({});
  EXPECT_EQ(status("/metrics"), 200u);
}

TEST_F(AnAccess, IsIdleWhileNoPasswordIsChecked) {
  access_.configure(with_ann());
  EXPECT_TRUE(access_.idle());
  EXPECT_EQ(status("/metrics", ann), 200u);
  EXPECT_TRUE(access_.idle());
}

}  // namespace
