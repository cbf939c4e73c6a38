// Which page answers which request: metrics, landing page, health pages, and the refusals.
// main.cpp fills a Site and gives the handler to HttpServer; nothing here knows HTTP's bytes or DBus.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "exporter/http_message.hpp"
#include "exporter/negotiation.hpp"

namespace ganesha::exporter {

/// NFS-Ganesha as the landing page and /-/ready tell of it.
struct ServerState {
  bool up = false;
  bool owned = false;  ///< somebody owns Ganesha's name on the bus
  bool bus_connected = false;
  bool ready = false;                        ///< up, and a poll succeeded
  std::string ganesha_version;               ///< empty: not known
  std::optional<double> seconds_since_beat;  ///< nothing: no beat yet
  std::optional<double> seconds_since_poll;  ///< nothing: no successful poll yet
  std::string last_error;                    ///< empty: none
  bool healthy = true;                       ///< false: a supervised server has been down for too long
};

/// What a scrape asked for. At most one of `collect` and `exclude` is filled, with known names only.
struct MetricsQuery {
  Format format = Format::text;
  bool gzip = false;
  std::vector<std::string> collect, exclude;
};

struct Site {
  std::string version, revision, telemetry_path;
  unsigned max_requests = 40;  ///< 0: no limit
  std::function<ServerState()> state;
  /// The whole page, gzipped when the query says so.
  std::function<boost::asio::awaitable<std::vector<Chunk>>(MetricsQuery)> metrics;
  std::vector<std::string> collectors;  ///< names that `collect[]` and `exclude[]` may hold
};

/// The handler of all pages. It keeps `site` alive; what `site.metrics` throws passes through it.
HttpHandler make_routes(Site site);

}  // namespace ganesha::exporter
