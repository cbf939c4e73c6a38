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
  Router(std::vector<Route> rows, Site site) : routes(std::move(rows)), context(std::move(site)) {
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

// A unix socket has no name that a browser could ask for.
bool is_for_us(const Route& route, const HostCheck& hosts, const HttpRequest& request) {
  return route.hosts == Hosts::any || request.client.empty() || hosts.accepts(request.host);
}

// The name comes from the client: it is not repeated.
HttpResponse unknown_host() {
  return plain_response(403,
                        "Forbidden: the host name in this URL is not known to be one of this exporter; "
                        "use its IP address, or start it with --web.allowed-host=NAME");
}

// `router` by value: the coroutine keeps it alive while the handler runs.
asio::awaitable<HttpResponse> respond(std::shared_ptr<const Router> router, HttpRequest request) {
  const auto route = std::ranges::find(router->routes, percent_decoded(request.path), &Route::path);
  if (route == router->routes.end()) co_return plain_response(404);
  if (std::ranges::find(route->methods, request.method) == route->methods.end())
    co_return method_not_allowed(*route);
  if (!is_for_us(*route, router->context.site.hosts, request)) co_return unknown_host();
  if (request.place == Place::reserve && route->in_reserve == InReserve::refused)
    co_return busy_response("too many requests at once");
  co_return co_await route->handler(router->context, std::move(request));
}

HttpHandler handler_of(std::vector<Route> routes, Site site) {
  auto router = std::make_shared<const Router>(std::move(routes), std::move(site));
  return [router](HttpRequest request) { return respond(router, std::move(request)); };
}

}  // namespace

HttpHandler make_routes(Site site) {
  auto routes = routes_of(site);
  return handler_of(std::move(routes), std::move(site));
}

HttpHandler make_health_routes(std::function<HealthStatus()> state) {
  Site site;
  site.state = std::move(state);
  return handler_of(health_routes(), std::move(site));
}

}  // namespace ganesha::exporter
