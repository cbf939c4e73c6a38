// Opens connections to the bus on a worker, where it blocks, and bounds the wait: an opening that takes too
// long is given up. It keeps its thread until it ends, so only a few may hang. Bus owns one.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>

#include "clock.hpp"
#include "connection.hpp"
#include "error.hpp"

namespace ganesha::dbus {

class Opener {
 public:
  using Opened = result<std::unique_ptr<BusConnection>>;
  // Blocks. Returns soon after `given_up` became true, if it can.
  using Open = std::function<Opened(const std::atomic<bool>& given_up)>;

  // How many openings there may be at once, those that were given up among them.
  static constexpr std::size_t most = 3;

  Opener(boost::asio::any_io_executor loop, boost::asio::any_io_executor worker, Clock& clock, Open open);
  ~Opener();
  Opener(const Opener&) = delete;
  Opener& operator=(const Opener&) = delete;

  // One at a time. timed_out if no connection came within `limit`; one that comes later is closed.
  boost::asio::awaitable<Opened> open(Duration limit);
  // Gives up what is being opened.
  void stop();
  // False while a thread is inside an opening.
  bool idle() const noexcept;

 private:
  struct Attempt;
  struct State;

  static Opened open_safely(const Open& open, const std::atomic<bool>& given_up);
  void start();

  boost::asio::any_io_executor loop_;
  boost::asio::any_io_executor worker_;
  Clock& clock_;
  Open open_;
  std::shared_ptr<State> state_;      // an opening that was given up may outlive this
  std::shared_ptr<Attempt> attempt_;  // the current one
};

}  // namespace ganesha::dbus
