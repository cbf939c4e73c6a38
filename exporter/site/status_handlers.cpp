// / and /api/v1/status: the same status as HTML and as JSON.
#include <utility>
#include <variant>

#include "exporter/http/response.hpp"
#include "exporter/site/page_response.hpp"
#include "exporter/site/pages.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;

// The page's script and style are files of our own; nothing else is fetched, nothing inline runs.
void add_policy(HttpResponse& response) {
  response.headers.emplace_back(
      "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
      "form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
}

HttpResponse response_of(StatusFormat format, std::vector<Chunk> body) {
  if (format == StatusFormat::json) return page_response("application/json", std::move(body));
  HttpResponse response = page_response("text/html; charset=utf-8", std::move(body));
  add_policy(response);
  return response;
}

asio::awaitable<HttpResponse> respond(const SiteContext& context, HttpRequest request, StatusFormat format) {
  auto query = parse_status_query(request.query);
  if (const auto* bad = std::get_if<BadQuery>(&query)) co_return plain_response(400, bad->reason);
  const auto slot = context.status_requests.acquire();
  if (!slot) co_return too_many(context.site.max_requests, "status requests");
  const auto encoding = accepted_encoding(request);
  StatusRequest wanted{format, encoding == ContentEncoding::gzip, std::move(std::get<StatusQuery>(query)),
                       context.navigation};
  auto body = co_await context.site.status(std::move(wanted));
  HttpResponse response = response_of(format, std::move(body));
  add_encoding(response, "Accept-Encoding", encoding);
  co_return response;
}

}  // namespace

asio::awaitable<HttpResponse> status_page_handler(const SiteContext& context, HttpRequest request) {
  return respond(context, std::move(request), StatusFormat::page);
}

asio::awaitable<HttpResponse> status_json_handler(const SiteContext& context, HttpRequest request) {
  return respond(context, std::move(request), StatusFormat::json);
}

}  // namespace ganesha::exporter
