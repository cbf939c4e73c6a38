// A clock that stands still until a test moves it, and the loop that its timers live on. No test waits.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <set>

#include "dbus/clock.hpp"

namespace ganesha::test {

class FakeClock final : public dbus::Clock {
 public:
  FakeClock();
  ~FakeClock() override;

  dbus::TimePoint now() const override { return now_; }
  dbus::WallTime wall() const override;
  std::unique_ptr<dbus::Timer> timer() override;

  boost::asio::io_context& loop() noexcept { return loop_; }
  // Runs what is ready, without moving the time.
  void run();
  // Moves the time from deadline to deadline, and runs what is ready at each.
  void advance(dbus::Duration by);
  // Since the clock was made.
  dbus::Duration elapsed() const { return now_ - start; }

 private:
  class FakeTimer;
  static constexpr dbus::TimePoint start{std::chrono::hours(1)};

  dbus::TimePoint next_deadline() const;
  void fire();

  dbus::TimePoint now_ = start;
  std::set<FakeTimer*> timers_;
  boost::asio::io_context loop_;  // goes first: the coroutines that it holds own timers
};

}  // namespace ganesha::test
