// An event loop, a real clock, and a way to run one coroutine to its end.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "dbus/clock.hpp"

struct Loop {
  boost::asio::io_context context{1};
  std::unique_ptr<ganesha::dbus::Clock> clock = ganesha::dbus::make_real_clock(context.get_executor());

  ganesha::dbus::TimePoint in(std::chrono::milliseconds time) const { return clock->now() + time; }

  template <class T>
  T run(boost::asio::awaitable<T> task) {
    std::optional<T> result;
    boost::asio::co_spawn(context, std::move(task), [&](std::exception_ptr error, T value) {
      if (error) std::rethrow_exception(error);
      result.emplace(std::move(value));
      context.stop();
    });
    context.restart();
    context.run_for(std::chrono::seconds(20));
    if (!result) throw std::runtime_error("the coroutine did not end");
    return std::move(*result);
  }
};
