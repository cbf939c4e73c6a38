#include "exporter/built_in/page_fetcher.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "exporter/base/pace.hpp"
#include "exporter/built_in/page_outline.hpp"

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
      wake_(clock),
      interval_(options.interval) {}

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
  unreadable_ = false;
  interval_ = options_.interval;
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
  Outcome found = co_await fetch_and_read();
  // Another server is asked at once: resume() says when.
  if (server != server_) co_return;
  found = unless_cut(std::move(found));
  schedule(start, found);
  keep(std::move(found), start);
  parts_.on_fetched();
}

asio::awaitable<PageFetcher::Outcome> PageFetcher::fetch_and_read() {
  try {
    auto text = co_await parts_.fetch(options_.timeout);
    if (!text) co_return text.error();
    auto work = [read = parts_.read, page = std::move(*text),
                 taken = clock_.wall()]() -> asio::awaitable<Result> { co_return read(page, taken); };
    Result found = co_await asio::co_spawn(worker_, std::move(work), asio::use_awaitable);
    if (!found) co_return FetchError{std::move(found).error(), FetchProblem::unreadable};
    co_return std::move(*found);
  } catch (const std::exception& error) {
    co_return FetchError{{errc::failed, error.what()}};
  }
}

// Never two pages in a row: what is missing in the second, too, is gone.
PageFetcher::Outcome PageFetcher::unless_cut(Outcome found) {
  if (!found) return found;
  const bool again = std::exchange(refused_, false);
  if (!page_ || again) return found;
  const auto missing = missing_since(page_->outline, (*found)->outline);
  if (!missing) return found;
  refused_ = true;
  free(std::move(*found));
  return FetchError{{errc::malformed_reply, *missing + ", which the page before had"}};
}

void PageFetcher::schedule(dbus::TimePoint start, const Outcome& found) {
  if (found || found.error().problem == FetchProblem::nobody_there) {
    unreadable_ = false;
    interval_ = options_.interval;
  } else if (found.error().problem == FetchProblem::unreadable) {
    // One alone may have been cut.
    if (std::exchange(unreadable_, true))
      interval_ = std::max(options_.interval, std::min(2 * interval_, options_.longest_back_off));
  }
  const bool pending = !found && found.error().error.code == errc::pending;
  const auto wait = start_to_start(clock_.now() - start, interval_, options_.max_duty);
  next_ = start + (pending ? std::min<dbus::Duration>(options_.interval, until_known) : wait);
}

// A page is kept while a later fetch fails, for a while, unless its server is gone.
void PageFetcher::keep(Outcome found, dbus::TimePoint start) {
  error_.reset();
  if (!found) {
    if (found.error().problem == FetchProblem::nobody_there) free(std::exchange(page_, nullptr));
    error_ = std::move(found).error().error;
    return;
  }
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
