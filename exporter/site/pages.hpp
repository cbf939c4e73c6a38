// The handlers of the pages, one function each. The table in routes.cpp names them.
#pragma once

#include <utility>
#include <vector>

#include "exporter/site/request_limit.hpp"
#include "exporter/site/routes.hpp"

namespace ganesha::exporter {

/// What the handlers share. It outlives their coroutines.
struct SiteContext {
  explicit SiteContext(Site from)
      : site(std::move(from)), scrapes(site.max_requests), status_requests(site.max_requests) {}

  Site site;
  std::vector<PageLink> navigation;  ///< of the status page
  RequestLimit scrapes;
  RequestLimit status_requests;  ///< its own: many open tabs must not take a scraper's place
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

/// A file of the status page.
boost::asio::awaitable<HttpResponse> static_file_handler(const SiteContext& context, HttpRequest request);

}  // namespace ganesha::exporter
