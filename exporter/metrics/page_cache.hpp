// Snapshots become pages here, on a worker thread: each row of the stat table once a snapshot and format, in
// chunks that all scrapers share; what is told live anew at each scrape.
#pragma once

#include <prometheus/collectable.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <vector>

#include "exporter/base/chunk.hpp"
#include "exporter/metrics/content_negotiation.hpp"
#include "exporter/model/scrape_state.hpp"
#include "exporter/model/snapshot.hpp"

namespace ganesha::exporter {

struct PageRequest {
  Format format = Format::text;
  bool gzip = false;
  CollectorSet collectors;  // whose rows are wanted
};

class PageCache {
 public:
  using Collectables = std::vector<std::shared_ptr<prometheus::Collectable>>;

  // `worker` runs one thing at a time; `own` are the exporter's own metrics, collected at each scrape.
  PageCache(boost::asio::any_io_executor worker, Collectables own);
  ~PageCache();

  // The page's chunks in their order. `snapshot` may be null: then only what is live is told.
  boost::asio::awaitable<std::vector<Chunk>> page(SnapshotPtr snapshot, ScrapeState live,
                                                  PageRequest request);
  // Renders a new snapshot ahead, as it was lately asked for: so that a scraper need not wait for that.
  void warm(SnapshotPtr snapshot);

 private:
  struct Cache;
  boost::asio::any_io_executor worker_;
  std::shared_ptr<Cache> cache_;  // touched by the worker only
};

}  // namespace ganesha::exporter
