#include "exporter/built_in/page_fetcher.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "exporter/base/pace.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;
using dbus::errc;

// Where the page is, is known soon after the server is up.
constexpr std::chrono::seconds until_known{1};
// A server that invents names must not fill the log.
constexpr std::size_t max_logged_families = 200;

}  // namespace

PageFetcher::PageFetcher(asio::any_io_executor worker, dbus::Clock& clock, Log& log, PageFetching options,
                         Parts parts)
    : worker_(std::move(worker)),
      clock_(clock),
      log_(log),
      options_(options),
      parts_(std::move(parts)),
      wake_(clock) {}

asio::awaitable<void> PageFetcher::run() {
  while (true) {
    co_await until_due();
    if (stopping_) co_return;
    co_await fetch();
  }
}

asio::awaitable<void> PageFetcher::until_due() {
  while (!stopping_ && !(fetching_ && clock_.now() >= next_))
    co_await wake_.wait_until(fetching_ ? next_ : dbus::TimePoint::max());
}

void PageFetcher::resume() {
  if (fetching_) return;
  fetching_ = true;
  next_ = clock_.now();
  wake_.notify_all();
}

void PageFetcher::pause() {
  fetching_ = false;
  ++server_;
  free(std::exchange(page_, nullptr));
  error_.reset();
}

void PageFetcher::stop() {
  stopping_ = true;
  wake_.notify_all();
}

PageFetcher::Result PageFetcher::page() const {
  if (page_ && clock_.now() < expires_) return page_;
  return error_.value_or(dbus::Error{errc::pending, {}});
}

asio::awaitable<void> PageFetcher::fetch() {
  const auto server = server_;
  const auto start = clock_.now();
  Result found = co_await fetch_and_read();
  // Another server is asked at once: resume() says when.
  if (server != server_) co_return;
  schedule(start, !found && found.error().code == errc::pending);
  keep(std::move(found), start);
  parts_.on_fetched();
}

asio::awaitable<PageFetcher::Result> PageFetcher::fetch_and_read() {
  try {
    auto text = co_await parts_.fetch(options_.timeout);
    if (!text) co_return text.error();
    auto work = [read = parts_.read, page = std::move(*text),
                 taken = clock_.wall()]() -> asio::awaitable<Result> { co_return read(page, taken); };
    Result found = co_await asio::co_spawn(worker_, std::move(work), asio::use_awaitable);
    co_return found;
  } catch (const std::exception& error) {
    co_return dbus::Error{errc::failed, error.what()};
  }
}

void PageFetcher::schedule(dbus::TimePoint start, bool pending) {
  const auto wait = start_to_start(clock_.now() - start, options_.interval, options_.max_duty);
  next_ = start + (pending ? std::min<dbus::Duration>(options_.interval, until_known) : wait);
}

// A page is kept while a later fetch fails, for a while.
void PageFetcher::keep(Result found, dbus::TimePoint start) {
  error_ = found ? std::nullopt : std::optional(std::move(found).error());
  if (!found) return;
  log_unknown(**found);
  last_taken_ = (*found)->taken;
  free(std::exchange(page_, std::move(*found)));
  expires_ = next_ + (next_ - start) + options_.timeout;
}

void PageFetcher::log_unknown(const BuiltInPage& page) {
  for (const auto& name : page.unknown) {
    if (logged_.size() >= max_logged_families || !logged_.insert(name).second) continue;
    log_.info("The server's own page has a family that is not known here and not shown", {{"family", name}});
  }
}

// It takes milliseconds to free a large one.
void PageFetcher::free(BuiltInPagePtr page) {
  if (page) asio::post(worker_, [freed = std::move(page)] {});
}

}  // namespace ganesha::exporter
