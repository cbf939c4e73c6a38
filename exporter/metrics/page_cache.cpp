#include "exporter/metrics/page_cache.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>

#include "exporter/base/gzip.hpp"
#include "exporter/metrics/exposition.hpp"
#include "exporter/metrics/metric_table.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;

// A rendered piece of a page, compressed when somebody first asks for that.
class Part {
 public:
  explicit Part(std::string text) : text_(std::make_shared<const std::string>(std::move(text))) {}

  const Chunk& text() const { return text_; }
  // Adds the compressed form to a page and to its member.
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
  Deflated deflated_;  // its checksum and length; the data stand in data_
};

class Page {
 public:
  explicit Page(bool gzip) : gzip_(gzip) {
    if (gzip_) chunks_.push_back(std::make_shared<const std::string>(GzipMember::header()));
  }

  void add(Part& part) {
    if (part.text()->empty()) return;
    if (gzip_)
      part.add_gzip(chunks_, member_);
    else
      chunks_.push_back(part.text());
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
std::string render(const Row<Facts>& row, const Facts& facts, Format format) {
  std::string text;
  write_family(collect(row, facts), format, text);
  return text;
}

// What a collector that failed had found until then is not shown.
CollectorSet successful(const Snapshot& snapshot) {
  CollectorSet set;
  for (std::size_t i = 0; i < set.size(); ++i) set[i] = snapshot.outcomes[i].success;
  return set;
}

}  // namespace

struct PageCache::Cache {
  // A kind of page that was asked for, and for how many more snapshots it is rendered ahead.
  struct Asked {
    PageRequest request;
    unsigned snapshots_left = 0;
  };
  // At the default interval two minutes: longer than any usual scrape interval.
  static constexpr unsigned snapshots_ahead = 24;

  // The rows of the latest snapshot, by format.
  struct Rendered {
    SnapshotPtr snapshot;
    std::array<std::vector<std::optional<Part>>, 2> formats;
  };

  explicit Cache(Collectables o) : own(std::move(o)) {
    for (const auto& row : ganesha_rows()) collectors_of_rows.push_back(collectors_of(row));
  }

  void add_snapshot(const SnapshotPtr& snapshot, const PageRequest& request, Page& page) {
    const auto rows = ganesha_rows();
    if (rendered.snapshot != snapshot) rendered = {snapshot, {}};
    auto& parts = rendered.formats[static_cast<std::size_t>(request.format)];
    parts.resize(rows.size());
    const auto shown = request.collectors & successful(*snapshot);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if ((collectors_of_rows[i] & shown).none()) continue;
      if (!parts[i]) parts[i].emplace(render(rows[i], *snapshot, request.format));
      page.add(*parts[i]);
    }
  }

  std::string live_text(const ScrapeState& live, Format format) const {
    std::string text;
    for (const auto& row : live_rows()) text += render(row, live, format);
    for (const auto& collectable : own)
      for (const auto& family : collectable->Collect()) write_family(family, format, text);
    if (format == Format::openmetrics) text += openmetrics_end;
    return text;
  }

  // What fails here fails again in the scrape that needs it, which can tell somebody.
  void warm(const SnapshotPtr& snapshot) noexcept try {
    for (auto& [request, snapshots_left] : asked) {
      if (snapshots_left == 0) continue;
      --snapshots_left;
      Page page(request.gzip);
      add_snapshot(snapshot, request, page);
    }
  } catch (const std::exception&) {
  }

  std::vector<Chunk> page(const SnapshotPtr& snapshot, const ScrapeState& live, const PageRequest& request) {
    Page page(request.gzip);
    asked[static_cast<std::size_t>(request.format) * 2 + request.gzip] = {request, snapshots_ahead};
    if (snapshot)
      add_snapshot(snapshot, request, page);
    else
      rendered = {};
    Part live_part(live_text(live, request.format));
    page.add(live_part);
    return std::move(page).finish();
  }

  Collectables own;
  std::vector<CollectorSet> collectors_of_rows;
  Rendered rendered;
  std::array<Asked, 4> asked;  // by format and compression
};

PageCache::PageCache(asio::any_io_executor worker, Collectables own)
    : worker_(std::move(worker)), cache_(std::make_shared<Cache>(std::move(own))) {}
PageCache::~PageCache() = default;

asio::awaitable<std::vector<Chunk>> PageCache::page(SnapshotPtr snapshot, ScrapeState live,
                                                    PageRequest request) {
  auto work = [cache = cache_, snapshot = std::move(snapshot), live = std::move(live),
               request]() -> asio::awaitable<std::vector<Chunk>> {
    co_return cache->page(snapshot, live, request);
  };
  co_return co_await asio::co_spawn(worker_, std::move(work), asio::use_awaitable);
}

void PageCache::warm(SnapshotPtr snapshot) {
  asio::post(worker_, [cache = cache_, snapshot = std::move(snapshot)] { cache->warm(snapshot); });
}

}  // namespace ganesha::exporter
