// The time that everything here uses, so that tests can provide their own; and a condition to wait for.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <vector>

#include "time.hpp"

namespace ganesha::dbus {

class Timer {
 public:
  virtual ~Timer() = default;
  // Returns at `deadline` or when cancel() is called, whichever comes first.
  virtual boost::asio::awaitable<void> wait_until(TimePoint deadline) = 0;
  virtual void cancel() = 0;
};

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
  virtual WallTime wall() const = 0;
  virtual std::unique_ptr<Timer> timer() = 0;
};

// The real clock, with timers on `executor`.
std::unique_ptr<Clock> make_real_clock(boost::asio::any_io_executor executor);

// Something that several coroutines of one thread wait for. A waiter checks its own predicate again after
// each wait: notify_all() says that something changed, not what. A waiting coroutine may be destroyed before
// the condition or after it.
class Condition {
 public:
  explicit Condition(Clock& clock) : clock_(clock) {}
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;
  // False when `deadline` came first.
  boost::asio::awaitable<bool> wait_until(TimePoint deadline);
  boost::asio::awaitable<void> wait();
  void notify_all();

 private:
  using Timers = std::vector<Timer*>;
  class Waiter;

  Clock& clock_;
  std::shared_ptr<Timers> waiting_ = std::make_shared<Timers>();
};

}  // namespace ganesha::dbus
