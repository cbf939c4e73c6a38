// The exporter's connection to Ganesha: keeps a connection to the bus, follows who owns Ganesha's name,
// counts its heartbeats, and sends calls with a timeout in a bounded window. Everything runs on one event
// loop. This class does the I/O; NameOwner, Reconnection and CallScheduler decide.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "call_scheduler.hpp"
#include "clock.hpp"
#include "connection.hpp"
#include "error.hpp"
#include "message.hpp"
#include "method.hpp"
#include "name_owner.hpp"
#include "opener.hpp"
#include "reconnection.hpp"
#include "suspension.hpp"

namespace ganesha::dbus {

struct BusOptions {
  std::string address;  // empty: the system bus
  std::string service = "org.ganesha.nfsd";
  Duration call_timeout = std::chrono::seconds(10);
  std::size_t window = 32;           // unanswered calls at most; the bus allows 128
  SuspensionRecord suspension = {};  // from an earlier process
  // Bus::note_server_exit() reports how the server ended. Otherwise each loss of the name with open calls
  // counts as a death.
  bool exit_is_reported = false;
};

// A call that has ended.
struct CallReport {
  const result<Message>& outcome;
  Duration duration;                 // from sending on; 0 if it was not sent
  std::function<Request()> request;  // valid during the event; made when it is asked for
};

// Events for the log and the metrics of the program. All are optional.
struct BusObserver {
  std::function<void()> on_connected;                     // and the bus answers
  std::function<void(const Error& why)> on_disconnected;  // also for each attempt that fails
  std::function<void(const CallReport& call)> on_call;
  Suspension::OnStep on_suspension;
  Suspension::OnSave on_suspension_saved;
};

class Bus {
 public:
  // `loop` runs everything; `opener` has up to Opener::most threads for opening connections, which blocks.
  Bus(boost::asio::any_io_executor loop, boost::asio::any_io_executor opener, Clock& clock,
      BusOptions options, BusObserver observer = {});
  ~Bus();
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;

  // Connects, and reconnects whenever the bus is lost, until stop().
  boost::asio::awaitable<void> run();
  // Drops the connection; calls still open end with not_connected.
  void stop();
  // How the server that owned the name, or still does, ended.
  void note_server_exit(ServerExit exit);

  using RequestAt = std::function<Request(std::size_t index)>;
  using TakeOutcome = std::function<bool(std::size_t index, result<Message> outcome)>;

  // Waits for a place in the window; the timeout includes the wait. A call that timed out keeps its place
  // until Ganesha answers it or goes away.
  boost::asio::awaitable<result<Message>> call(Method method, Argument argument = {});
  // Makes the calls request(0) to request(count - 1), as many at a time as the window allows, and passes each
  // outcome to `take` as it comes; once that returns false no further call is made. Returns when all calls
  // that were made have ended.
  boost::asio::awaitable<void> call_each(std::size_t count, RequestAt request, TakeOutcome take);

  // Whether there is a bus that answers.
  bool connected() const noexcept { return link_.has_answered(); }
  // False while a thread is inside the opening of a connection.
  bool idle() const noexcept { return opener_.idle(); }
  // See NameOwner.
  const std::string& owner() const noexcept { return owner_.name(); }
  bool owner_known() const noexcept { return owner_.known(); }
  std::uint64_t owner_generation() const noexcept { return owner_.generation(); }
  std::uint64_t owner_changes() const noexcept { return owner_.changes(); }
  std::uint64_t heartbeats() const noexcept { return owner_.heartbeats(); }
  // Calls that the present owner has not answered yet, those that timed out among them, but not those given
  // up.
  std::size_t unanswered() const noexcept { return calls_->unanswered(); }
  // How long a reply may be late before it counts as lost: five minutes by default.
  Duration reply_patience() const noexcept { return calls_->reply_patience(); }
  // Waits no longer for the replies to calls that timed out. They keep their places in the window; when they
  // fill more than half of it, the bus is connected to again.
  void give_up_unanswered();
  bool window_is_full() const noexcept { return calls_->window_is_full(); }
  // Whether calls are held because a method is suspected of ending the server.
  bool holds_calls() const noexcept { return calls_->suspension().holds(); }
  const std::vector<Method>& suspended_methods() const noexcept { return calls_->suspension().suspended(); }
  // Calls suspended methods again.
  void lift_suspensions();
  Clock& clock() noexcept { return clock_; }
  // Notified when any of the above changes: connection, owner, heartbeats, the last reply.
  Condition& changed() noexcept { return changed_; }

 private:
  class Batch;

  boost::asio::awaitable<void> until_lost();
  boost::asio::awaitable<void> back_off();
  void adopt(std::unique_ptr<BusConnection> connection);
  void drop(const Error& why);
  void lose(const std::string& why);

  Duration answer_limit() const;
  Error silence() const;
  void query_bus();
  bool take_bus_reply(const Reply& reply);
  void take_owner(const result<std::string>& owner);
  void take_reply(Reply reply);
  void take_heartbeat(std::string_view sender);
  void take_owner_change(std::string_view owner);
  void set_owner(std::string_view owner);

  void send_calls(CallBatch& batch, const RequestAt& request);
  void take_outcomes(CallBatch& batch, const RequestAt& request, const TakeOutcome& take);
  void send_question();

  boost::asio::any_io_executor loop_;
  Clock& clock_;
  BusOptions options_;
  BusObserver observer_;
  Opener opener_;
  std::unique_ptr<BusConnection> connection_;
  Reconnection link_{random_jitter()};
  NameOwner owner_;
  std::shared_ptr<CallScheduler> calls_;  // a batch looks whether it is still there
  // The ids of our calls to the bus itself.
  std::uint64_t bus_id_call_ = 0;
  std::uint64_t owner_call_ = 0;
  Condition changed_;
};

}  // namespace ganesha::dbus
