#include "exporter/site/routes.hpp"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>
#include <variant>

#include "exporter/base/log.hpp"
#include "exporter/base/url.hpp"
#include "exporter/http/response.hpp"

namespace ganesha::exporter {
namespace asio = boost::asio;

namespace {

HttpResponse page(std::string type, std::vector<Chunk> body, std::string caching = "no-store") {
  HttpResponse response;
  response.headers = {{"Content-Type", std::move(type)},
                      {"Cache-Control", std::move(caching)},
                      {"X-Content-Type-Options", "nosniff"}};
  response.body = std::move(body);
  return response;
}

// What one page depends on besides its URL.
void add_encoding(HttpResponse& response, std::string vary, bool gzip) {
  response.headers.emplace_back("Vary", std::move(vary));
  if (gzip) response.headers.emplace_back("Content-Encoding", "gzip");
}

// The page's script and style are files of our own; nothing else is fetched, nothing inline runs.
void add_policy(HttpResponse& response) {
  response.headers.emplace_back(
      "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
      "form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
}

HttpResponse method_not_allowed() {
  HttpResponse response = plain_answer(405);
  response.headers.emplace_back("Allow", "GET, HEAD");
  return response;
}

HttpResponse too_many(unsigned limit, std::string_view what) {
  HttpResponse response = plain_answer(
      503, "more than " + std::to_string(limit) + " " + std::string(what) + " at once (--web.max-requests)");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

// Counts a request for as long as it lives; it holds the count, so it may outlive the routes.
class Slot {
 public:
  explicit Slot(std::shared_ptr<unsigned> taken) : taken_(std::move(taken)) { ++*taken_; }
  ~Slot() { --*taken_; }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

 private:
  std::shared_ptr<unsigned> taken_;
};

class Routes {
 public:
  explicit Routes(Site site) : site_(std::move(site)) {}

  asio::awaitable<HttpResponse> answer(const HttpRequest& request) {
    const std::string path = percent_decoded(request.path, false);
    const auto file = std::ranges::find(site_.files, path, &StaticFile::path);
    const bool is_file = file != site_.files.end(), is_metrics = path == site_.telemetry_path;
    const bool is_page = path == "/", is_json = path == "/api/v1/status", is_ready = path == "/-/ready";
    if (!is_file && !is_metrics && !is_page && !is_json && !is_ready && path != "/-/healthy")
      co_return plain_answer(404);
    if (request.method != "GET" && request.method != "HEAD") co_return method_not_allowed();
    if (is_metrics) co_return co_await metrics(request);
    if (is_page) co_return co_await status(request, StatusFormat::page);
    if (is_json) co_return co_await status(request, StatusFormat::json);
    if (is_file) co_return page(file->type, {file->content}, "public, max-age=31536000, immutable");
    co_return is_ready ? readiness() : healthiness();
  }

 private:
  // Says what is wrong with the query, or nothing.
  std::string objection(const MetricsQuery& query) const {
    if (!query.collect.empty() && !query.exclude.empty())
      return "collect[] and exclude[] cannot be used together";
    for (const auto* names : {&query.collect, &query.exclude})
      for (const std::string& name : *names)
        if (std::find(site_.collectors.begin(), site_.collectors.end(), name) == site_.collectors.end())
          return "unknown collector " + quote(name) + "; known are: " + known();
    return "";
  }

  std::string known() const {
    std::string names;
    for (const std::string& name : site_.collectors) names += (names.empty() ? "" : ", ") + name;
    return names;
  }

  asio::awaitable<HttpResponse> metrics(const HttpRequest& request) {
    const Negotiated negotiated = negotiate(request.accept);
    MetricsQuery query{negotiated.format, accepts_gzip(request.accept_encoding),
                       values_of(request.query, "collect[]"), values_of(request.query, "exclude[]")};
    const std::string wrong = objection(query);
    if (!wrong.empty()) co_return plain_answer(400, wrong);
    if (site_.max_requests > 0 && *scrapes_ >= site_.max_requests)
      co_return too_many(site_.max_requests, "scrapes");
    const Slot slot(scrapes_);
    const bool gzip = query.gzip;
    HttpResponse response = page(negotiated.content_type, co_await site_.metrics(std::move(query)));
    add_encoding(response, "Accept, Accept-Encoding", gzip);
    co_return response;
  }

  // Readers have places of their own: those that many open tabs take are not a scraper's.
  asio::awaitable<HttpResponse> status(const HttpRequest& request, StatusFormat format) {
    auto query = parse_status_query(request.query);
    if (const auto* bad = std::get_if<BadQuery>(&query)) co_return plain_answer(400, bad->reason);
    if (site_.max_requests > 0 && *readers_ >= site_.max_requests)
      co_return too_many(site_.max_requests, "readers of the status");
    const Slot slot(readers_);
    const bool gzip = accepts_gzip(request.accept_encoding);
    StatusRequest wanted{format, gzip, std::move(std::get<StatusQuery>(query))};
    auto body = co_await site_.status(std::move(wanted));
    const bool json = format == StatusFormat::json;
    auto response = page(json ? "application/json" : "text/html; charset=utf-8", std::move(body));
    add_encoding(response, "Accept-Encoding", gzip);
    if (!json) add_policy(response);
    co_return response;
  }

  HttpResponse healthiness() const {
    const HealthStatus state = site_.state();
    return state.lost.empty() ? plain_answer(200, "ganesha_exporter is healthy")
                              : plain_answer(503, state.lost);
  }

  HttpResponse readiness() const {
    const HealthStatus state = site_.state();
    return state.ready ? plain_answer(200, "NFS-Ganesha is up and polled")
                       : plain_answer(503, why_not_ready(state));
  }

  Site site_;
  std::shared_ptr<unsigned> scrapes_ = std::make_shared<unsigned>(0);
  std::shared_ptr<unsigned> readers_ = std::make_shared<unsigned>(0);
};

asio::awaitable<HttpResponse> answer(std::shared_ptr<Routes> routes, HttpRequest request) {
  co_return co_await routes->answer(request);
}

}  // namespace

HttpHandler make_routes(Site site) {
  auto routes = std::make_shared<Routes>(std::move(site));
  return [routes](HttpRequest request) { return answer(routes, std::move(request)); };
}

}  // namespace ganesha::exporter
