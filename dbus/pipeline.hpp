// Runs many queries with a bounded number of them under way at once.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <cstddef>
#include <exception>

#include "clock.hpp"

namespace ganesha::dbus {

namespace detail {

struct Pipeline {
  std::size_t next = 0;
  std::size_t lanes = 0;
  bool go_on = true;
  std::exception_ptr failure;
};

template <class Query>
boost::asio::awaitable<void> run_lane(Pipeline& line, std::size_t count, Query& query, Condition& done) {
  try {
    while (line.go_on && line.next < count) {
      const bool go_on = co_await query(line.next++);
      line.go_on = line.go_on && go_on;
    }
  } catch (...) {
    line.failure = std::current_exception();
    line.go_on = false;
  }
  if (--line.lanes == 0) done.notify_all();
}

}  // namespace detail

// Calls `query(i)` for i = 0 … count-1, at most `window` at a time, and returns when all have ended. A query
// is an awaitable<bool>; once one gives false no further one begins. Throws, when all have
// ended, what a query threw.
template <class Query>
boost::asio::awaitable<void> pipelined(std::size_t count, std::size_t window, Clock& clock, Query query) {
  const auto executor = co_await boost::asio::this_coro::executor;
  Condition done(clock);
  detail::Pipeline line;
  line.lanes = std::min(count, window) + 1;
  for (std::size_t i = 0; i + 1 < line.lanes; ++i)
    boost::asio::co_spawn(executor, detail::run_lane(line, count, query, done), boost::asio::detached);
  --line.lanes;
  while (line.lanes > 0) co_await done.wait();
  if (line.failure) std::rethrow_exception(line.failure);
}

}  // namespace ganesha::dbus
