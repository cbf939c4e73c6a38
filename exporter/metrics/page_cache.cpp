#include "exporter/metrics/page_cache.hpp"

#include <array>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>

#include "exporter/base/gzip.hpp"
#include "exporter/metrics/exposition.hpp"
#include "exporter/metrics/metric_table.hpp"
#include "exporter/model/sample_values.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;

// The text of one or more families, compressed when a request first needs that.
class RenderedFamilies {
 public:
  explicit RenderedFamilies(std::string text) : text_(std::make_shared<const std::string>(std::move(text))) {}

  const Chunk& text() const { return text_; }
  // Appends the compressed form to the chunks of a page and to its gzip member.
  void add_gzip(std::vector<Chunk>& page, GzipMember& member) {
    if (!data_) {
      deflated_ = deflate(*text_);
      data_ = std::make_shared<const std::string>(std::exchange(deflated_.data, {}));
    }
    member.add(deflated_);
    page.push_back(data_);
  }

 private:
  Chunk text_;
  Chunk data_;
  Deflated deflated_;  // checksum and length; its data is in data_
};

// Collects the chunks of one page.
class PageBuilder {
 public:
  explicit PageBuilder(const PageRequest& request) : gzip_(request.gzip) {
    if (gzip_) chunks_.push_back(std::make_shared<const std::string>(GzipMember::header()));
  }

  void add(RenderedFamilies& families) {
    if (families.text()->empty()) return;
    if (gzip_)
      families.add_gzip(chunks_, member_);
    else
      chunks_.push_back(families.text());
  }

  std::vector<Chunk> finish() && {
    if (gzip_) chunks_.push_back(std::make_shared<const std::string>(member_.trailer()));
    return std::move(chunks_);
  }

 private:
  bool gzip_;
  GzipMember member_;
  std::vector<Chunk> chunks_;
};

template <class Facts>
std::string render(const MetricRow<Facts>& row, const Facts& facts, Format format,
                   const Created& created = {}) {
  std::string text;
  write_family(collect(row, facts), format, text, created);
  return text;
}

// The start of the statistics that count it.
Created created_of(const SnapshotRow& row, const Snapshot& snapshot) {
  if (!row.origin.counted_by || !snapshot.stats) return {};
  return [&](const prometheus::ClientMetric& metric) -> std::optional<double> {
    const auto* statistic = find_switch(*snapshot.stats, row.origin.counted_by(metric));
    if (!statistic || !has_start(*statistic)) return std::nullopt;
    return seconds(statistic->since);
  };
}

// What a collector found before it failed is not shown.
CollectorSet successful(const Snapshot& snapshot) {
  CollectorSet set;
  for (std::size_t i = 0; i < set.size(); ++i) set[i] = snapshot.outcomes[i].success;
  return set;
}

CollectorSet providers(const SnapshotRow& row, const Snapshot& snapshot) {
  const bool without_bus = snapshot.built_in && snapshot.built_in->without_bus;
  return without_bus ? row.origin.collectors | row.without_bus : row.origin.collectors;
}

}  // namespace

struct PageCache::Cache {
  // A kind of page that was requested, and for how many more snapshots it is rendered ahead.
  struct Requested {
    PageRequest request;
    unsigned snapshots_left = 0;
  };
  // Two minutes at the default interval: longer than usual scrape intervals.
  static constexpr unsigned snapshots_ahead = 24;

  // The rows of the latest snapshot, by format.
  struct Rendered {
    SnapshotPtr snapshot;
    std::array<std::vector<std::optional<RenderedFamilies>>, 2> formats;
  };

  Cache(Collectables collectables, PageContent of_all) : own(std::move(collectables)), content(of_all) {}

  void add_snapshot(const SnapshotPtr& snapshot, const PageRequest& request, PageBuilder& page) {
    const auto rows = ganesha_rows(content.clients);
    if (rendered.snapshot != snapshot) rendered = {snapshot, {}};
    auto& families = rendered.formats[static_cast<std::size_t>(request.format)];
    families.resize(rows.size());
    const auto shown = request.collectors & successful(*snapshot);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if ((providers(rows[i], *snapshot) & shown).none()) continue;
      if (!families[i]) families[i].emplace(rendered_row(rows[i], *snapshot, request.format));
      page.add(*families[i]);
    }
  }

  std::string rendered_row(const SnapshotRow& row, const Snapshot& snapshot, Format format) const {
    return render(row, snapshot, format, content.created_timestamps ? created_of(row, snapshot) : Created());
  }

  std::string scrape_text(const ScrapeState& state, Format format) const {
    std::string text;
    for (const auto& row : scrape_rows()) text += render(row, state, format);
    for (const auto& collectable : own)
      for (const auto& family : collectable->Collect()) write_family(family, format, text);
    if (format == Format::openmetrics) text += openmetrics_end;
    return text;
  }

  void prerender(const SnapshotPtr& snapshot) {
    for (auto& [request, snapshots_left] : requested) {
      if (snapshots_left == 0) continue;
      --snapshots_left;
      PageBuilder page(request);
      add_snapshot(snapshot, request, page);
    }
  }

  std::vector<Chunk> page(const SnapshotPtr& snapshot, const ScrapeState& state, const PageRequest& request) {
    PageBuilder page(request);
    requested[static_cast<std::size_t>(request.format) * 2 + request.gzip] = {request, snapshots_ahead};
    if (snapshot)
      add_snapshot(snapshot, request, page);
    else
      rendered = {};
    RenderedFamilies of_this_scrape(scrape_text(state, request.format));
    page.add(of_this_scrape);
    return std::move(page).finish();
  }

  Collectables own;
  PageContent content;
  std::atomic<std::uint64_t> newest{0};  // counts prerender(): the loop writes, the worker reads
  Rendered rendered;
  std::array<Requested, 4> requested;  // by format and compression
};

PageCache::PageCache(asio::any_io_executor worker, Collectables own, PageContent content)
    : worker_(std::move(worker)), cache_(std::make_shared<Cache>(std::move(own), content)) {}
PageCache::~PageCache() = default;

asio::awaitable<std::vector<Chunk>> PageCache::page(SnapshotPtr snapshot, ScrapeState state,
                                                    PageRequest request) {
  auto work = [cache = cache_, snapshot = std::move(snapshot), state = std::move(state),
               request]() -> asio::awaitable<std::vector<Chunk>> {
    co_return cache->page(snapshot, state, request);
  };
  co_return co_await asio::co_spawn(worker_, std::move(work), asio::use_awaitable);
}

void PageCache::prerender(SnapshotPtr snapshot) {
  const auto number = ++cache_->newest;
  asio::post(worker_, [cache = cache_, number, snapshot = std::move(snapshot)] {
    // A worker slower than the polls must not fall behind: only the newest snapshot is worth the work.
    if (number != cache->newest) return;
    try {
      cache->prerender(snapshot);
    } catch (const std::exception&) {
      // An exception would end the program. The next scrape renders the page itself: if that fails
      // too, its HTTP session logs the error and answers 500.
    }
  });
}

}  // namespace ganesha::exporter
