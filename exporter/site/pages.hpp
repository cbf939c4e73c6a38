// Every page: its handler, and its row in the table of routes. routes.cpp finds the row of a request.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "exporter/http/token_bucket.hpp"
#include "exporter/site/request_limit.hpp"
#include "exporter/site/routes.hpp"
#include "exporter/site/shared_scrapes.hpp"

namespace ganesha::exporter {

/// What the handlers share. It outlives their coroutines.
struct SiteContext {
  explicit SiteContext(Site from)
      : site(std::move(from)),
        scrapes(std::make_shared<SharedScrapes>(site.metrics, site.max_requests)),
        status_requests(site.max_requests) {}

  Site site;
  std::vector<PageLink> navigation;  ///< of the status page
  std::shared_ptr<SharedScrapes> scrapes;
  RequestLimit reserve_scrapes{1};
  RequestLimit status_requests;  ///< its own: many open tabs must not take a scraper's place
  /// A reload reads files: one a second.
  std::shared_ptr<TokenBucket> reloads =
      std::make_shared<TokenBucket>(RateLimit{std::chrono::seconds(1), 1}, std::chrono::steady_clock::now());
};

using PageHandler = boost::asio::awaitable<HttpResponse> (*)(const SiteContext& context, HttpRequest request);

/// The metrics; `collect[]` and `exclude[]` choose collectors.
boost::asio::awaitable<HttpResponse> metrics_handler(const SiteContext& context, HttpRequest request);

/// The status for a browser.
boost::asio::awaitable<HttpResponse> status_page_handler(const SiteContext& context, HttpRequest request);

/// The status as JSON.
boost::asio::awaitable<HttpResponse> status_json_handler(const SiteContext& context, HttpRequest request);

/// 200 while the exporter, and the server that it runs, works; else 503 and one line why not.
boost::asio::awaitable<HttpResponse> health_handler(const SiteContext& context, HttpRequest request);

/// 200 while NFS-Ganesha is up and polled; else 503 and one line why not.
boost::asio::awaitable<HttpResponse> readiness_handler(const SiteContext& context, HttpRequest request);

/// Reads the web configuration again: 200, or 500 and one line what is wrong; 403 if nobody may ask for it;
/// 429 if somebody asked less than a second ago.
boost::asio::awaitable<HttpResponse> reload_handler(const SiteContext& context, HttpRequest request);

/// A file of the status page.
boost::asio::awaitable<HttpResponse> static_file_handler(const SiteContext& context, HttpRequest request);

/// What a connection of the reserve gets: most pages are not worth one of its few places.
enum class InReserve { refused, served };

/// Which names the header Host may have. What only programs read is for any: a Prometheus has its own names.
enum class Hosts { known, any };

struct Route {
  std::string path;   ///< compared with the percent-decoded path of the request
  std::string title;  ///< in the navigation of the status page; empty: not listed there
  PageHandler handler;
  InReserve in_reserve = InReserve::refused;
  Hosts hosts = Hosts::known;
  std::vector<std::string> methods{"GET", "HEAD"};  ///< others get 405 with these as Allow
};

/// Those that a probe asks for.
inline std::vector<Route> health_routes() {
  return {{"/-/healthy", "Health", health_handler, InReserve::served, Hosts::any},
          {"/-/ready", "Readiness", readiness_handler, InReserve::served, Hosts::any}};
}

/// The table of routes, in the order of the navigation.
inline std::vector<Route> routes_of(const Site& site) {
  std::vector<Route> routes{{"/", "", status_page_handler},
                            {site.telemetry_path, "Metrics", metrics_handler, InReserve::served, Hosts::any},
                            {"/api/v1/status", "JSON", status_json_handler}};
  for (const auto& route : health_routes()) routes.push_back(route);
  routes.push_back({"/-/reload", "", reload_handler, InReserve::refused, Hosts::known, {"POST", "PUT"}});
  for (const auto& file : site.files) routes.push_back({file.path, "", static_file_handler});
  return routes;
}

}  // namespace ganesha::exporter
