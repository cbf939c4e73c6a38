// /metrics: content negotiation and the choice of collectors.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "exporter/base/log.hpp"
#include "exporter/base/text.hpp"
#include "exporter/base/url.hpp"
#include "exporter/http/response.hpp"
#include "exporter/site/page_response.hpp"
#include "exporter/site/pages.hpp"

namespace ganesha::exporter {
namespace {

// Why the query is refused; empty when it is valid.
std::string reject_reason(const MetricsQuery& query, const std::vector<std::string>& known) {
  if (!query.collect.empty() && !query.exclude.empty())
    return "collect[] and exclude[] cannot be used together";
  for (const auto* names : {&query.collect, &query.exclude})
    for (const std::string& name : *names)
      if (std::ranges::find(known, name) == known.end())
        return fmt::format("unknown collector {}; known are: {}", quote(name), joined(known, ", "));
  return "";
}

}  // namespace

boost::asio::awaitable<HttpResponse> metrics_handler(const SiteContext& context, HttpRequest request) {
  const Negotiated negotiated = negotiate(request.accept);
  const auto encoding = accepted_encoding(request);
  MetricsQuery query{negotiated.format, encoding == ContentEncoding::gzip,
                     values_of(request.query, "collect[]"), values_of(request.query, "exclude[]")};
  const std::string wrong = reject_reason(query, context.site.collectors);
  if (!wrong.empty()) co_return plain_response(400, wrong);
  const bool in_reserve = request.place == Place::reserve;
  const auto slot = in_reserve ? context.reserve_scrapes.acquire() : nullptr;
  if (in_reserve ? !slot : !context.scrapes->has_place_for(query))
    co_return too_many(context.site.max_requests, "different scrapes");
  auto body = co_await context.scrapes->page(std::move(query));
  HttpResponse response = page_response(negotiated.content_type, std::move(body));
  add_encoding(response, "Accept, Accept-Encoding", encoding);
  co_return response;
}

}  // namespace ganesha::exporter
