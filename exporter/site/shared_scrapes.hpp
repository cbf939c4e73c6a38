// Scrapes of the same page that come while it is rendered share the next rendering: many scrapers at once
// cost little more than one. The scrape handler uses it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <list>
#include <memory>
#include <utility>
#include <vector>

#include "exporter/base/chunk.hpp"
#include "exporter/site/metrics_query.hpp"

namespace ganesha::exporter {

class SharedScrapes {
 public:
  using Body = std::vector<Chunk>;
  using Render = std::function<boost::asio::awaitable<Body>(MetricsQuery)>;

  /// `limit` is the number of different pages that may be rendered at once; 0: no limit. The object outlives
  /// its coroutines.
  SharedScrapes(Render render, unsigned limit) : render_(std::move(render)), limit_(limit) {}

  /// Whether another scrape of this page keeps to the limit, and not too many wait.
  bool has_place_for(const MetricsQuery& query) const;
  /// A page whose rendering began after the call. Throws what rendering it threw.
  boost::asio::awaitable<Body> page(MetricsQuery query);

 private:
  struct Rendering;
  struct Page {
    MetricsQuery query;
    std::shared_ptr<Rendering> running, next;
  };

  static Body result_of(const Rendering& rendering);
  std::list<Page>::iterator find(const MetricsQuery& query);
  boost::asio::awaitable<void> run(std::list<Page>::iterator page);

  Render render_;
  unsigned limit_;
  std::size_t waiting_ = 0;  ///< scrapes, also those that were answered 503 because they took too long
  std::list<Page> pages_;    ///< those that are being rendered
};

}  // namespace ganesha::exporter
