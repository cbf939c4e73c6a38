#include "exporter/site/shared_scrapes.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

namespace ganesha::exporter {
namespace asio = boost::asio;

// Above the number of connections: it is reached only if the worker hangs.
constexpr std::size_t most_waiting = 10'000;

struct SharedScrapes::Rendering {
  explicit Rendering(const asio::any_io_executor& executor)
      : ended(executor, asio::steady_timer::time_point::max()) {}

  asio::awaitable<void> wait() {
    boost::system::error_code ignored;
    if (!done) co_await ended.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }

  asio::steady_timer ended;  // cancelled at the end
  bool started = false;
  bool done = false;
  Body body;
  std::exception_ptr failure;
};

SharedScrapes::Body SharedScrapes::result_of(const Rendering& rendering) {
  if (rendering.failure) std::rethrow_exception(rendering.failure);
  return rendering.body;
}

std::list<SharedScrapes::Page>::iterator SharedScrapes::find(const MetricsQuery& query) {
  return std::ranges::find(pages_, query, &Page::query);
}

bool SharedScrapes::has_place_for(const MetricsQuery& query) const {
  return waiting_ < most_waiting && (limit_ == 0 || pages_.size() < limit_ ||
                                     std::ranges::find(pages_, query, &Page::query) != pages_.end());
}

// Renders the page for those that wait for it, and again for those that came meanwhile.
asio::awaitable<void> SharedScrapes::run(std::list<Page>::iterator page) {
  const auto rendering = page->running;
  rendering->started = true;
  try {
    rendering->body = co_await render_(page->query);
  } catch (...) {
    rendering->failure = std::current_exception();
  }
  page->running = std::exchange(page->next, nullptr);
  if (!page->running) pages_.erase(page);
  rendering->done = true;
  rendering->ended.cancel();
}

asio::awaitable<SharedScrapes::Body> SharedScrapes::page(MetricsQuery query) {
  const auto executor = co_await asio::this_coro::executor;
  auto page = find(query);
  if (page == pages_.end()) {
    pages_.push_back({std::move(query), std::make_shared<Rendering>(executor), nullptr});
    page = std::prev(pages_.end());
    const auto mine = page->running;
    co_await run(page);
    co_return result_of(*mine);
  }
  const auto running = page->running;
  const auto joined = running->started ? page->next : running;
  if (joined) {
    ++waiting_;
    co_await joined->wait();
    --waiting_;
    co_return result_of(*joined);
  }
  // The first that waits for the next rendering runs it.
  const auto mine = page->next = std::make_shared<Rendering>(executor);
  co_await running->wait();
  co_await run(page);
  co_return result_of(*mine);
}

}  // namespace ganesha::exporter
