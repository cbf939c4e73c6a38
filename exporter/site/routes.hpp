// The table of routes: which page answers which request. The exporter fills a Site and gives the handler to
// HttpServer; nothing here knows HTTP's bytes or DBus.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <vector>

#include "exporter/http/message.hpp"
#include "exporter/model/health_status.hpp"
#include "exporter/site/host_check.hpp"
#include "exporter/site/metrics_query.hpp"
#include "exporter/status/request.hpp"

namespace ganesha::exporter {

/// A file of the status page that the browser may cache: its path changes with its content.
struct StaticFile {
  std::string path, type;
  Chunk content;
};

struct Site {
  std::string telemetry_path;
  unsigned max_requests = 40;  ///< different pages rendered at once, and status requests; 0: no limit
  std::function<HealthStatus()> state;
  /// The whole page, gzipped when the query says so.
  std::function<boost::asio::awaitable<std::vector<Chunk>>(MetricsQuery)> metrics;
  /// The status as a page or as JSON, gzipped when the request says so.
  std::function<boost::asio::awaitable<std::vector<Chunk>>(StatusRequest)> status;
  /// Reads the web configuration again; returns what is wrong, empty: nothing. Null: nobody may ask for it.
  std::function<boost::asio::awaitable<std::string>()> reload;
  std::string reloaded = "The web configuration is in force";  ///< the answer if nothing is wrong
  std::vector<StaticFile> files;
  std::vector<std::string> collectors;  ///< names that `collect[]` and `exclude[]` may hold
  HostCheck hosts{{"*"}};               ///< of the pages that a browser shows
};

/// The handler of all pages: 404 where no route has the path, 405 where it has other methods. It keeps `site`
/// alive until the last response; what `site.metrics` throws passes through it.
HttpHandler make_routes(Site site);

/// The handler of a listener for probes alone: /-/healthy and /-/ready, and 404 for all else.
HttpHandler make_health_routes(std::function<HealthStatus()> state);

}  // namespace ganesha::exporter
