// Renders pages from snapshots, on a worker thread: each row of the metric table once per snapshot and
// format, in chunks that all scrapers share, and the scrape state at each scrape. The exporter owns it.
#pragma once

#include <prometheus/collectable.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <vector>

#include "exporter/base/chunk.hpp"
#include "exporter/metrics/content_negotiation.hpp"
#include "exporter/model/scrape_state.hpp"
#include "exporter/model/selection.hpp"
#include "exporter/model/snapshot.hpp"

namespace ganesha::exporter {

struct PageRequest {
  Format format = Format::text;
  bool gzip = false;
  CollectorSet collectors;  // whose rows are requested
};

// What all pages have in common.
struct PageContent {
  ClientDetail clients = ClientDetail::full;
  bool created_timestamps = false;  // in OpenMetrics
};

class PageCache {
 public:
  using Collectables = std::vector<std::shared_ptr<prometheus::Collectable>>;

  // `worker` runs one task at a time; `own` are the exporter's own metrics, collected at each scrape.
  PageCache(boost::asio::any_io_executor worker, Collectables own, PageContent content = {});
  ~PageCache();

  // The chunks of the page, in order. Without a snapshot the page has the scrape state only.
  boost::asio::awaitable<std::vector<Chunk>> page(SnapshotPtr snapshot, ScrapeState state,
                                                  PageRequest request);
  // Renders a new snapshot in the formats of recent requests, so that the next scrape need not wait for that.
  // Skipped if a newer one comes before the worker begins.
  void prerender(SnapshotPtr snapshot);

 private:
  struct Cache;
  boost::asio::any_io_executor worker_;
  std::shared_ptr<Cache> cache_;  // used by the worker, all but a counter
};

}  // namespace ganesha::exporter
