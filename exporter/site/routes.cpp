#include "exporter/site/routes.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "exporter/base/text.hpp"
#include "exporter/base/url.hpp"
#include "exporter/http/response.hpp"
#include "exporter/site/pages.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;

struct Router {
  explicit Router(Site site) : routes(routes_of(site)), context(std::move(site)) {
    for (const auto& route : routes)
      if (!route.title.empty()) context.navigation.push_back({route.path, route.title});
  }

  std::vector<Route> routes;
  SiteContext context;
};

HttpResponse method_not_allowed(const Route& route) {
  HttpResponse response = plain_response(405);
  response.headers.emplace_back("Allow", joined(route.methods, ", "));
  return response;
}

// `router` by value: the coroutine keeps it alive while the handler runs.
asio::awaitable<HttpResponse> respond(std::shared_ptr<const Router> router, HttpRequest request) {
  const auto route = std::ranges::find(router->routes, percent_decoded(request.path), &Route::path);
  if (route == router->routes.end()) co_return plain_response(404);
  if (std::ranges::find(route->methods, request.method) == route->methods.end())
    co_return method_not_allowed(*route);
  if (request.place == Place::reserve && route->in_reserve == InReserve::refused)
    co_return busy_response("too many requests at once");
  co_return co_await route->handler(router->context, std::move(request));
}

}  // namespace

HttpHandler make_routes(Site site) {
  auto router = std::make_shared<const Router>(std::move(site));
  return [router](HttpRequest request) { return respond(router, std::move(request)); };
}

}  // namespace ganesha::exporter
