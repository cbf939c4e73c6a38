#include "exporter/site/routes.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <future>
#include <stdexcept>

namespace {
using namespace ganesha::exporter;
namespace asio = boost::asio;

std::string header(const HttpResponse& response, const std::string& name) {
  for (const auto& [key, value] : response.headers)
    if (key == name) return value;
  return "";
}

std::string body(const HttpResponse& response) {
  std::string text;
  for (const Chunk& chunk : response.body) text += *chunk;
  return text;
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

class RoutesTest : public testing::Test {
 protected:
  RoutesTest() { gate.expires_at(asio::steady_timer::time_point::min()); }

  Site site() {
    Site made;
    made.telemetry_path = "/metrics";
    made.max_requests = 2;
    made.collectors = {"server", "exports", "clients"};
    made.state = [this] { return state; };
    made.metrics = [this](MetricsQuery query) { return metrics(std::move(query)); };
    made.status = [this](StatusRequest request) { return status(std::move(request)); };
    made.files = {{"/static/1/page.css", "text/css", std::make_shared<const std::string>("a{}")}};
    return made;
  }

  asio::awaitable<std::vector<Chunk>> metrics(MetricsQuery query) {
    boost::system::error_code ec;
    asked = query;
    co_await gate.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    if (broken) throw std::runtime_error("broken");
    std::vector<Chunk> chunks;
    for (const auto* text : {"a 1\n", "b 2\n"}) chunks.push_back(std::make_shared<const std::string>(text));
    co_return chunks;
  }

  asio::awaitable<std::vector<Chunk>> status(StatusRequest request) {
    boost::system::error_code ec;
    wanted = request;
    co_await gate.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    co_return std::vector<Chunk>{std::make_shared<const std::string>("<p>")};
  }

  std::future<HttpResponse> start(HttpRequest request) {
    if (!handler) handler = make_routes(site());
    return asio::co_spawn(context, handler(std::move(request)), asio::use_future);
  }

  void run() {
    context.restart();
    context.run();
  }

  HttpResponse ask(HttpRequest request) {
    auto response = start(std::move(request));
    run();
    return response.get();
  }

  HttpResponse get(const std::string& path, const std::string& query = "") {
    return ask({"GET", path, query, "", ""});
  }

  void allow_reload(const std::string& error) {
    Site made = site();
    made.reload = [this, error]() -> asio::awaitable<std::string> {
      ++reloads;
      co_return error;
    };
    handler = make_routes(std::move(made));
  }

  asio::io_context context;
  asio::steady_timer gate{context};
  HttpHandler handler;
  HealthStatus state;
  MetricsQuery asked;
  StatusRequest wanted;
  bool broken = false;
  int reloads = 0;
};

TEST_F(RoutesTest, ServesMetricsAsTextByDefault) {
  const auto response = get("/metrics");
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(body(response), "a 1\nb 2\n");
  EXPECT_EQ(header(response, "Content-Type"),
            "text/plain; version=0.0.4; charset=utf-8; escaping=underscores");
  EXPECT_EQ(header(response, "Vary"), "Accept, Accept-Encoding");
  EXPECT_EQ(header(response, "Cache-Control"), "no-store");
  EXPECT_EQ(header(response, "Content-Encoding"), "");
  EXPECT_EQ(asked.format, Format::text);
  EXPECT_FALSE(asked.gzip);
}

TEST_F(RoutesTest, ServesOpenMetricsGzippedWhenAsked) {
  const auto response = ask({"GET", "/metrics", "", "application/openmetrics-text; version=1.0.0", "gzip"});
  EXPECT_EQ(header(response, "Content-Type"),
            "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores");
  EXPECT_EQ(header(response, "Content-Encoding"), "gzip");
  EXPECT_EQ(asked.format, Format::openmetrics);
  EXPECT_TRUE(asked.gzip);
}

TEST_F(RoutesTest, PassesOnWhichCollectorsAreWanted) {
  get("/metrics", "collect[]=server&x=1&collect%5B%5D=client%73&&=");
  EXPECT_EQ(asked.collect, (std::vector<std::string>{"server", "clients"}));
  EXPECT_TRUE(asked.exclude.empty());
  get("/metrics", "exclude[]=exports");
  EXPECT_EQ(asked.exclude, std::vector<std::string>{"exports"});
}

TEST_F(RoutesTest, RefusesCollectTogetherWithExclude) {
  const auto response = get("/metrics", "collect[]=server&exclude[]=clients");
  EXPECT_EQ(response.status, 400U);
  EXPECT_EQ(body(response), "collect[] and exclude[] cannot be used together\n");
}

TEST_F(RoutesTest, RefusesAnUnknownCollector) {
  const auto response = get("/metrics", "collect[]=server&collect[]=a+b%0A%zz%");
  EXPECT_EQ(response.status, 400U);
  EXPECT_EQ(body(response), "unknown collector \"a b\\n%zz%\"; known are: server, exports, clients\n");
  EXPECT_EQ(get("/metrics", "exclude[]=x").status, 400U);
  EXPECT_EQ(get("/metrics", "collect[]").status, 400U);
}

TEST_F(RoutesTest, RefusesMoreDifferentScrapesAtOnceThanAllowedAndForgetsFinishedOnes) {
  gate.expires_at(asio::steady_timer::time_point::max());
  auto first = start({"GET", "/metrics", "", "", ""});
  auto second = start({"GET", "/metrics", "collect[]=server", "", ""});
  context.poll();
  auto third = start({"GET", "/metrics", "collect[]=clients", "", ""});
  context.poll();
  const auto refused = third.get();
  EXPECT_EQ(refused.status, 503U);
  EXPECT_EQ(header(refused, "Retry-After"), "1");
  EXPECT_EQ(body(refused), "more than 2 different scrapes at once (--web.max-requests)\n");
  gate.expires_at(asio::steady_timer::time_point::min());
  run();
  EXPECT_EQ(first.get().status, 200U);
  EXPECT_EQ(second.get().status, 200U);
  EXPECT_EQ(get("/metrics").status, 200U);
}

TEST_F(RoutesTest, PassesExceptionsOnAndFreesTheirPlace) {
  broken = true;
  for (int i = 0; i < 5; ++i) EXPECT_THROW(get("/metrics"), std::runtime_error);
  broken = false;
  EXPECT_EQ(get("/metrics").status, 200U);
}

TEST_F(RoutesTest, OutlivesScrapesThatNeverEnd) {
  gate.expires_at(asio::steady_timer::time_point::max());
  auto scrape = start({"GET", "/metrics", "", "", ""});
  context.poll();
  handler = nullptr;
}

TEST_F(RoutesTest, ServesTheStatusAsAPageThatRunsNothingButItsOwnFiles) {
  const auto response = get("/", "exports.sort=latency");
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(body(response), "<p>");
  EXPECT_EQ(header(response, "Content-Type"), "text/html; charset=utf-8");
  EXPECT_TRUE(
      header(response, "Content-Security-Policy").starts_with("default-src 'none'; script-src 'self';"));
  EXPECT_FALSE(holds(header(response, "Content-Security-Policy"), "unsafe"));
  EXPECT_EQ(header(response, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(header(response, "Cache-Control"), "no-store");
  EXPECT_EQ(header(response, "Vary"), "Accept-Encoding");
  EXPECT_EQ(wanted.format, StatusFormat::page);
  EXPECT_EQ(wanted.query.exports.sort, SortKey::latency);
}

TEST_F(RoutesTest, ListsPagesThatExistInTheNavigation) {
  get("/");
  const auto navigation = wanted.navigation;
  EXPECT_EQ(navigation.size(), 4U);
  for (const auto& link : navigation) EXPECT_NE(get(link.path).status, 404U) << link.title;
}

TEST_F(RoutesTest, ServesTheStatusAsJsonGzippedWhenAsked) {
  const auto response = ask({"GET", "/api/v1/status", "clients.page=2", "", "gzip"});
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(header(response, "Content-Type"), "application/json");
  EXPECT_EQ(header(response, "Content-Encoding"), "gzip");
  EXPECT_EQ(wanted.format, StatusFormat::json);
  EXPECT_TRUE(wanted.gzip);
  EXPECT_EQ(wanted.query.clients.page, 2U);
}

TEST_F(RoutesTest, RefusesAQueryOfTheStatusThatMakesNoSense) {
  for (const auto* path : {"/", "/api/v1/status"}) {
    const auto response = get(path, "clients.sort=size");
    EXPECT_EQ(response.status, 400U);
    EXPECT_TRUE(body(response).starts_with("clients.sort: \"size\" is not one of name, "));
  }
}

TEST_F(RoutesTest, GivesReadersOfTheStatusAsManyPlacesAsScrapers) {
  gate.expires_at(asio::steady_timer::time_point::max());
  auto first = start({"GET", "/", "", "", ""}), second = start({"GET", "/api/v1/status", "", "", ""});
  auto scrape = start({"GET", "/metrics", "", "", ""});
  context.poll();
  auto third = start({"GET", "/", "", "", ""});
  context.poll();
  const auto refused = third.get();
  EXPECT_EQ(refused.status, 503U);
  EXPECT_EQ(body(refused), "more than 2 status requests at once (--web.max-requests)\n");
  gate.expires_at(asio::steady_timer::time_point::min());
  run();
  for (auto* answered : {&first, &second, &scrape}) EXPECT_EQ(answered->get().status, 200U);
}

TEST_F(RoutesTest, LetsABrowserKeepTheFilesOfThePage) {
  const auto response = get("/static/1/page.css");
  EXPECT_EQ(body(response), "a{}");
  EXPECT_EQ(header(response, "Content-Type"), "text/css");
  EXPECT_EQ(header(response, "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(header(response, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(get("/static/2/page.css").status, 404U);
}

TEST_F(RoutesTest, IsHealthyWhateverGaneshaDoes) { EXPECT_EQ(get("/-/healthy").status, 200U); }

TEST_F(RoutesTest, IsUnhealthyWhereTheServerThatItRunsIsLost) {
  state.lost = "its port is silent";
  const auto response = get("/-/healthy");
  EXPECT_EQ(response.status, 503U);
  EXPECT_EQ(body(response), "its port is silent\n");
}

TEST_F(RoutesTest, NamesFirstWhatTheServerThatItRunsLacks) {
  state.waits_for = "none of the 2 configured exports is served";
  EXPECT_EQ(body(get("/-/ready")), "none of the 2 configured exports is served\n");
}

TEST_F(RoutesTest, IsReadyOnlyWithGanesha) {
  state.ready = true;
  EXPECT_EQ(get("/-/ready").status, 200U);
}

TEST_F(RoutesTest, SaysWhyItIsNotReady) {
  const auto reason = [this](HealthStatus now) {
    state = now;
    const auto response = get("/-/ready");
    EXPECT_EQ(response.status, 503U);
    return body(response);
  };
  EXPECT_EQ(reason({false, false, false, false, {}, ""}), "not connected to DBus\n");
  EXPECT_EQ(reason({false, false, true, false, {}, "gone"}),
            "NFS-Ganesha is not on the bus; last error: gone\n");
  EXPECT_EQ(reason({false, true, true, false, {}, ""}), "no heartbeat of NFS-Ganesha yet\n");
  EXPECT_EQ(reason({false, true, true, false, 12.34, ""}),
            "no healthy heartbeat of NFS-Ganesha for 12.3 s\n");
  EXPECT_EQ(reason({true, true, true, false, 1.0, ""}), "NFS-Ganesha is up, but no poll has succeeded yet\n");
  EXPECT_EQ(reason({false, false, false, false, {}, "", "", "no answer"}), "no answer\n") << "without a bus";
}

TEST_F(RoutesTest, KnowsNoOtherPage) {
  for (const auto* path : {"/metrics/", "/favicon.ico", "/-/reload/", "*", "//", "/-/ready/x", "/%2e"})
    EXPECT_EQ(get(path).status, 404U) << path;
  EXPECT_EQ(get("/%6Detrics").status, 200U);
}

TEST_F(RoutesTest, KnowsNoOtherMethodThanGetAndHead) {
  for (const auto* path :
       {"/", "/metrics", "/-/healthy", "/-/ready", "/api/v1/status", "/static/1/page.css"}) {
    const auto response = ask({"POST", path, "", "", ""});
    EXPECT_EQ(response.status, 405U);
    EXPECT_EQ(header(response, "Allow"), "GET, HEAD");
  }
  EXPECT_EQ(ask({"HEAD", "/metrics", "", "", ""}).status, 200U);
}

HttpRequest asked_by(const std::string& host, const std::string& path) {
  HttpRequest request{"GET", path, "", "", ""};
  request.host = host;
  request.client = "10.0.0.1";
  return request;
}

TEST_F(RoutesTest, ShowsABrowserNothingUnderANameOfOthers) {
  auto checking = site();
  checking.hosts = HostCheck({"nfs.example.com"});
  handler = make_routes(std::move(checking));
  for (const auto* path : {"/", "/api/v1/status", "/static/1/page.css"}) {
    const auto refused = ask(asked_by("evil.example.com:19587", path));
    EXPECT_EQ(refused.status, 403U) << path;
    EXPECT_TRUE(holds(body(refused), "--web.allowed-host")) << body(refused);
    EXPECT_FALSE(holds(body(refused), "evil")) << "nothing of the request comes back";
    EXPECT_EQ(ask(asked_by("nfs.example.com:19587", path)).status, 200U) << path;
    EXPECT_EQ(ask(asked_by("10.0.0.1:19587", path)).status, 200U) << path;
  }
}

TEST_F(RoutesTest, AnswersProgramsUnderEachName) {
  auto checking = site();
  checking.hosts = HostCheck({});
  handler = make_routes(std::move(checking));
  state.ready = true;
  for (const auto* path : {"/metrics", "/-/healthy", "/-/ready"})
    EXPECT_EQ(ask(asked_by("any.example.com", path)).status, 200U) << path;
  auto over_unix = asked_by("any.example.com", "/");
  over_unix.client = "";
  EXPECT_EQ(ask(over_unix).status, 200U) << "no browser gets there";
}

TEST_F(RoutesTest, GivesProbesTheirPagesAlone) {
  handler = make_health_routes([this] { return state; });
  state.ready = true;
  EXPECT_EQ(get("/-/healthy").status, 200U);
  EXPECT_EQ(get("/-/ready").status, 200U);
  EXPECT_EQ(ask({"POST", "/-/ready", "", "", ""}).status, 405U);
  for (const auto* path : {"/", "/metrics", "/api/v1/status", "/-/reload"})
    EXPECT_EQ(get(path).status, 404U) << path;
}

TEST_F(RoutesTest, ReloadsForPostAndPutIfThatIsAllowed) {
  EXPECT_EQ(ask({"POST", "/-/reload", "", "", ""}).status, 403U);
  allow_reload("");
  EXPECT_EQ(ask({"POST", "/-/reload", "", "", ""}).status, 200U);
  allow_reload("");
  EXPECT_EQ(ask({"PUT", "/-/reload", "", "", ""}).status, 200U);
  EXPECT_EQ(reloads, 2);
  for (const auto* method : {"GET", "HEAD", "DELETE"}) {
    const auto response = ask({method, "/-/reload", "", "", ""});
    EXPECT_EQ(response.status, 405U);
    EXPECT_EQ(header(response, "Allow"), "POST, PUT");
  }
  EXPECT_EQ(reloads, 2);
}

TEST_F(RoutesTest, ReloadsNotMoreThanOnceASecond) {
  allow_reload("");
  const auto start = std::chrono::steady_clock::now();
  const int asked_for = 100;
  int refused = 0;
  for (int i = 0; i < asked_for; ++i) refused += ask({"POST", "/-/reload", "", "", ""}).status == 429U;
  const auto whole_seconds =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - start).count();
  EXPECT_LE(reloads, 1 + whole_seconds);
  EXPECT_EQ(reloads + refused, asked_for);
}

TEST_F(RoutesTest, ReloadsForNobodyWhoUsesANameOfOthers) {
  allow_reload("");
  HttpRequest request = asked_by("evil.example", "/-/reload");
  request.method = "POST";
  EXPECT_EQ(ask(request).status, 200U);
  Site checking = site();
  checking.hosts = HostCheck({"nfs.example.com"});
  checking.reload = []() -> asio::awaitable<std::string> { co_return ""; };
  handler = make_routes(std::move(checking));
  EXPECT_EQ(ask(request).status, 403U);
}

TEST_F(RoutesTest, SaysThatThereIsNothingToReload) {
  Site made = site();
  made.reload = []() -> asio::awaitable<std::string> { co_return ""; };
  made.reloaded = "There is no file";
  handler = make_routes(std::move(made));
  EXPECT_EQ(body(ask({"POST", "/-/reload", "", "", ""})), "There is no file\n");
}

TEST_F(RoutesTest, SaysWhatIsWrongWithAConfigurationThatItCannotReload) {
  allow_reload("web.yml:1: junk: unknown key");
  const auto response = ask({"POST", "/-/reload", "", "", ""});
  EXPECT_EQ(response.status, 500U);
  EXPECT_EQ(body(response), "web.yml:1: junk: unknown key\n");
}

}  // namespace
