#include "exporter/routes.hpp"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "exporter/http_answer.hpp"
#include "exporter/landing_page.hpp"
#include "exporter/log.hpp"

namespace ganesha::exporter {
namespace asio = boost::asio;

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// What is no valid escape stays as it is.
std::string percent_decoded(std::string_view text, bool plus_is_blank) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size();
    const int high = escape ? hex_digit(text[i + 1]) : -1, low = escape ? hex_digit(text[i + 2]) : -1;
    if (high >= 0 && low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += plus_is_blank && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

// The values of a parameter, in order.
std::vector<std::string> values_of(std::string_view query, std::string_view name) {
  std::vector<std::string> values;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    if (percent_decoded(pair.substr(0, equals), true) == name)
      values.push_back(percent_decoded(pair.substr(std::min(equals + 1, pair.size())), true));
  }
  return values;
}

HttpResponse page(std::string type, std::vector<Chunk> body) {
  HttpResponse response;
  response.headers = {{"Content-Type", std::move(type)},
                      {"Cache-Control", "no-store"},
                      {"X-Content-Type-Options", "nosniff"}};
  response.body = std::move(body);
  return response;
}

HttpResponse method_not_allowed() {
  HttpResponse response = plain_answer(405);
  response.headers.emplace_back("Allow", "GET, HEAD");
  return response;
}

HttpResponse too_many(unsigned limit) {
  HttpResponse response =
      plain_answer(503, "more than " + std::to_string(limit) + " scrapes at once (--web.max-requests)");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

// Counts a scrape for as long as it lives; it holds the count, so it may outlive the routes.
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
    const bool is_metrics = path == site_.telemetry_path;
    if (!is_metrics && path != "/" && path != "/-/healthy" && path != "/-/ready") co_return plain_answer(404);
    if (request.method != "GET" && request.method != "HEAD") co_return method_not_allowed();
    if (is_metrics) co_return co_await metrics(request);
    if (path == "/") co_return landing();
    co_return path == "/-/ready" ? readiness() : healthiness();
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
    if (site_.max_requests > 0 && *scrapes_ >= site_.max_requests) co_return too_many(site_.max_requests);
    const Slot slot(scrapes_);
    const bool gzip = query.gzip;
    HttpResponse response = page(negotiated.content_type, co_await site_.metrics(std::move(query)));
    response.headers.emplace_back("Vary", "Accept, Accept-Encoding");
    if (gzip) response.headers.emplace_back("Content-Encoding", "gzip");
    co_return response;
  }

  HttpResponse landing() const {
    auto html = std::make_shared<const std::string>(landing_page(site_, site_.state()));
    HttpResponse response = page("text/html; charset=utf-8", {std::move(html)});
    response.headers.emplace_back(
        "Content-Security-Policy",
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    response.headers.emplace_back("Referrer-Policy", "no-referrer");
    return response;
  }

  HttpResponse healthiness() const {
    const ServerState state = site_.state();
    if (state.healthy) return plain_answer(200, "ganesha_exporter is healthy");
    return plain_answer(503, "down for longer than --ganesha.start-timeout: " + why_not_ready(state));
  }

  HttpResponse readiness() const {
    const ServerState state = site_.state();
    return state.ready ? plain_answer(200, "NFS-Ganesha is up and polled")
                       : plain_answer(503, why_not_ready(state));
  }

  Site site_;
  std::shared_ptr<unsigned> scrapes_ = std::make_shared<unsigned>(0);
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
