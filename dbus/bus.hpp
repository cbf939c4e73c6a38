// The exporter's line to Ganesha: keeps a connection to the bus, knows who owns Ganesha's name, counts its
// heartbeats, and sends calls with a timeout in a bounded window. One thread: all of it runs on one event
// loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clock.hpp"
#include "connection.hpp"
#include "error.hpp"
#include "message.hpp"
#include "methods.hpp"

namespace ganesha::dbus {

struct BusOptions {
  std::string address;  // empty: the system bus
  std::string service = "org.ganesha.nfsd";
  Duration call_timeout = std::chrono::seconds(10);
  std::size_t window = 32;  // unanswered calls at most; the bus allows 128
};

// What the program around it may want to log or count. All optional.
struct BusObserver {
  std::function<void()> on_connected;
  std::function<void(const Error& why)> on_disconnected;  // also for each attempt that fails
  std::function<void(const result<Message>& outcome)> on_call;
};

class Bus {
 public:
  // `loop` runs everything; `opener` is a worker for opening connections, which blocks.
  Bus(boost::asio::any_io_executor loop, boost::asio::any_io_executor opener, Clock& clock,
      BusOptions options, BusObserver observer = {});

  // Connects, and connects again whenever the bus is lost, until stop().
  boost::asio::awaitable<void> run();
  // Drops the connection; calls still open end with not_connected.
  void stop();

  // Calls a method of Ganesha's. Waits for a place in the window; the timeout counts from here. A call that
  // timed out keeps its place until Ganesha answers it or goes away.
  boost::asio::awaitable<result<Message>> call(Method method, Argument argument = {});

  bool connected() const noexcept { return connection_ != nullptr; }
  // False while a thread is inside the opening of a connection.
  bool idle() const noexcept { return !opening_; }
  // The unique name of the name's owner; empty while nobody owns it.
  const std::string& owner() const noexcept { return owner_; }
  // Whether the bus that is connected has said who that is.
  bool owner_known() const noexcept { return owner_known_; }
  // Counts every change of the owner, its loss among them.
  std::uint64_t owner_generation() const noexcept { return owner_generation_; }
  // How often a new owner took the name, apart from the one met at the start.
  std::uint64_t owner_changes() const noexcept { return owner_changes_; }
  std::uint64_t beats() const noexcept { return beats_; }
  // Calls that the present owner has not answered yet, those that timed out among them.
  std::size_t unanswered() const noexcept { return open_.size(); }
  std::size_t window() const noexcept { return options_.window; }
  Clock& clock() noexcept { return clock_; }
  // Notified when any of the above changes for the worse or the better: connection, owner, beats, last
  // answer.
  Condition& changed() noexcept { return changed_; }

 private:
  // A call that was sent. Its outcome cancels the timer, which wakes the caller.
  struct Call {
    explicit Call(std::unique_ptr<Timer> t) : timer(std::move(t)) {}
    std::unique_ptr<Timer> timer;
    std::optional<result<Message>> outcome;
  };
  using CallPtr = std::shared_ptr<Call>;

  boost::asio::awaitable<result<std::unique_ptr<Connection>>> open();
  boost::asio::awaitable<void> until_lost();
  boost::asio::awaitable<void> pause();
  boost::asio::awaitable<void> place_in_window(TimePoint deadline);
  result<CallPtr> send(const Method& method, const Argument& argument);
  void answer(const CallPtr& call, result<Message> outcome);
  void end_calls(const Error& why);
  void adopt(std::unique_ptr<Connection> connection);
  void drop(const Error& why);
  void ask_for_bus_id();
  void ask_for_owner();
  void set_owner(std::string_view owner, bool met_at_start);
  void count_beat(std::string_view sender);

  boost::asio::any_io_executor loop_;
  boost::asio::any_io_executor opener_;
  Clock& clock_;
  BusOptions options_;
  BusObserver observer_;
  std::unique_ptr<Connection> connection_;
  std::vector<CallPtr> open_;  // to the present owner, not answered yet
  Condition changed_;
  Condition place_free_;
  std::string owner_;
  std::string last_owner_;
  std::string bus_id_;
  std::string lost_why_;
  std::uint64_t owner_generation_ = 0;
  std::uint64_t owner_changes_ = 0;
  std::uint64_t beats_ = 0;
  bool owner_known_ = false;
  bool lost_ = false;
  bool opening_ = false;
  bool stopping_ = false;
  bool ever_connected_ = false;
};

}  // namespace ganesha::dbus
