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

// One call of a method of Ganesha's.
struct Request {
  Method method;
  Argument argument = {};
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
  ~Bus();
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;

  // Connects, and connects again whenever the bus is lost, until stop().
  boost::asio::awaitable<void> run();
  // Drops the connection; calls still open end with not_connected.
  void stop();

  using RequestAt = std::function<Request(std::size_t index)>;
  using TakeOutcome = std::function<bool(std::size_t index, result<Message> outcome)>;

  // Waits for a place in the window; the timeout counts from here. A call that timed out keeps its place
  // until Ganesha answers it or goes away.
  boost::asio::awaitable<result<Message>> call(Method method, Argument argument = {});
  // Makes the calls request(0) to request(count - 1), as many at a time as the window allows, and hands each
  // outcome to `take` as it comes; once that gives false no further call is made. Returns when all that were
  // made have ended.
  boost::asio::awaitable<void> call_each(std::size_t count, RequestAt request, TakeOutcome take);

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
  Clock& clock() noexcept { return clock_; }
  // Notified when any of the above changes for the worse or the better: connection, owner, beats, last
  // answer.
  Condition& changed() noexcept { return changed_; }

 private:
  class Batch;
  // A call that Ganesha has not answered yet.
  struct Call {
    std::uint64_t id;
    Batch* batch;  // who waits for it; null once it timed out
    std::size_t index;
    TimePoint deadline;
  };

  boost::asio::awaitable<result<std::unique_ptr<Connection>>> open();
  boost::asio::awaitable<void> until_lost();
  boost::asio::awaitable<void> pause();
  bool full() const noexcept { return open_.size() >= options_.window; }
  std::size_t fill_window(Batch& batch, std::size_t next, std::size_t count, const RequestAt& request);
  bool send(const Request& request, Batch& batch, std::size_t index, TimePoint deadline);
  void answer(std::uint64_t id, result<Message> outcome);
  void end_calls(const Error& why);
  void adopt(std::unique_ptr<Connection> connection);
  void drop(const Error& why);
  void ask_bus();
  bool take_from_bus(std::uint64_t id, const result<Message>& reply);
  void set_owner(std::string_view owner, bool met_at_start);
  void count_beat(std::string_view sender);

  boost::asio::any_io_executor loop_;
  boost::asio::any_io_executor opener_;
  Clock& clock_;
  BusOptions options_;
  BusObserver observer_;
  std::unique_ptr<Connection> connection_;
  std::vector<Call> open_;  // to the present owner, in the order of sending
  std::vector<Batch*> batches_;
  // The ids of our questions to the bus itself, and whether they are the first ones ever.
  struct {
    std::uint64_t bus_id = 0;
    std::uint64_t owner = 0;
    bool at_start = false;
  } asked_;
  Condition changed_;
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
