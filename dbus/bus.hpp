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
#include "suspension.hpp"

namespace ganesha::dbus {

struct BusOptions {
  std::string address;  // empty: the system bus
  std::string service = "org.ganesha.nfsd";
  Duration call_timeout = std::chrono::seconds(10);
  std::size_t window = 32;           // unanswered calls at most; the bus allows 128
  SuspensionRecord suspension = {};  // from an earlier process
  // How the server ended is reported by Bus::note_server_exit(). Otherwise each loss of the name with calls
  // open counts as a death.
  bool exit_is_reported = false;
};

enum class ServerExit { clean, crashed };

// What the program around it may want to log or count. All optional.
struct BusObserver {
  std::function<void()> on_connected;
  std::function<void(const Error& why)> on_disconnected;  // also for each attempt that fails
  std::function<void(const result<Message>& outcome)> on_call;
  Suspension::OnStep on_suspension;
  Suspension::OnSave on_suspension_saved;
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
  // How the server that owned the name, or still does, ended.
  void note_server_exit(ServerExit exit);

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
  // How often another process took the name than the one before it.
  std::uint64_t owner_changes() const noexcept { return owner_changes_; }
  std::uint64_t beats() const noexcept { return beats_; }
  // Calls that the present owner has not answered yet, those that timed out among them, but not those given
  // up.
  std::size_t unanswered() const noexcept { return open_.size() - given_up_; }
  // How long a reply may take to be late and not lost: five minutes by default.
  Duration reply_patience() const noexcept { return 30 * options_.call_timeout; }
  // Waits no more for the replies to calls that timed out. They keep their places in the window; when they
  // fill half of it, the bus is connected to again.
  void give_up_unanswered();
  bool window_is_full() const noexcept { return open_.size() >= options_.window; }
  // Whether calls are held back because a method is suspected of ending the server.
  bool holds_calls() const noexcept { return suspension_.holds(); }
  const std::vector<Method>& suspended_methods() const noexcept { return suspension_.suspended(); }
  // Calls suspended methods again.
  void lift_suspensions();
  Clock& clock() noexcept { return clock_; }
  // Notified when any of the above changes for the worse or the better: connection, owner, beats, last
  // answer.
  Condition& changed() noexcept { return changed_; }

 private:
  class Batch;
  // A call that Ganesha has not answered yet.
  struct Call {
    std::uint64_t id;
    Batch* batch;  // who waits for it; null once it timed out, and for a question of the suspension
    std::size_t index;
    TimePoint deadline;
    Request request;
    bool given_up = false;
  };

  boost::asio::awaitable<result<std::unique_ptr<BusConnection>>> open();
  boost::asio::awaitable<void> until_lost();
  boost::asio::awaitable<void> pause();
  std::size_t fill_window(Batch& batch, std::size_t next, std::size_t count, const RequestAt& request);
  bool may_send(Suspension::Rule rule) const;
  bool send(Request request, Batch& batch, std::size_t index, TimePoint deadline);
  void answer(std::uint64_t id, result<Message> outcome);
  void ask_suspects();
  void take_question(const result<Message>& outcome);
  void give_up_question();
  void take_for_suspension(const Call& call, const result<Message>& outcome);
  void end_alone();
  std::vector<Request> open_requests() const;
  void note_end_of_owner();
  void wake_batches();
  void wake_held();
  void end_calls(const Error& why);
  void adopt(std::unique_ptr<BusConnection> connection);
  void drop(const Error& why);
  void ask_bus();
  bool take_from_bus(std::uint64_t id, const result<Message>& reply);
  void set_owner(std::string_view owner);
  void count_beat(std::string_view sender);

  boost::asio::any_io_executor loop_;
  boost::asio::any_io_executor opener_;
  Clock& clock_;
  BusOptions options_;
  BusObserver observer_;
  std::unique_ptr<BusConnection> connection_;
  std::vector<Call> open_;    // to the present owner, in the order of sending
  std::size_t given_up_ = 0;  // of the open calls
  std::vector<Batch*> batches_;
  // The ids of our questions to the bus itself.
  struct {
    std::uint64_t bus_id = 0;
    std::uint64_t owner = 0;
  } asked_;
  Suspension suspension_;
  std::uint64_t question_ = 0;  // the id of the suspension's question; 0: none is open
  TimePoint question_deadline_ = TimePoint::max();
  std::uint64_t alone_ = 0;  // the id of a call during which no other is made; 0: none
  std::optional<std::vector<Request>> open_at_end_;  // of the last server, until its exit is reported
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
  bool ever_owned_ = false;
};

}  // namespace ganesha::dbus
