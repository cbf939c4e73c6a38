// Decides which calls are made when: keeps to the window and to what the suspension allows, times calls out
// and hands their outcomes to the batches that wait for them. Bus reports events with the time at which they
// came, and sends what it is given. No bus and no clock is known here.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "call_batch.hpp"
#include "call_gate.hpp"
#include "call_window.hpp"
#include "error.hpp"
#include "message.hpp"
#include "method.hpp"
#include "suspension.hpp"
#include "time.hpp"

namespace ganesha::dbus {

// A call that is to be sent now.
struct PlannedCall {
  CallBatch* batch;
  CallBatch::NextCall place;
  TimePoint sent_at;
  Request request;
  Suspension::Rule rule;
};

class CallScheduler {
 public:
  struct Options {
    std::size_t window;
    Duration call_timeout;
    ExitReports exit_reports = ExitReports::none;
  };

  CallScheduler(Options options, Suspension suspension)
      : options_(options), window_(options.window), gate_(std::move(suspension), options.exit_reports) {}

  // ---- batches: each is added before its first call, and removed before it is destroyed ----
  void add(CallBatch& batch) { batches_.push_back(&batch); }
  // Its open calls keep their places.
  void remove(CallBatch& batch);
  // Ends the calls of the batch that have timed out, and the next one if it found no place in time.
  void expire(CallBatch& batch, TimePoint now);
  // Whether plan() may be called.
  bool has_room(const CallBatch& batch) const;
  // The next call of the batch, to be sent at once. Nothing: it is held, or it already has its outcome.
  std::optional<PlannedCall> plan(CallBatch& batch, Request request, TimePoint now);
  void note_sent(PlannedCall call, std::uint64_t id);
  void note_not_sent(const PlannedCall& call, const Error& why);
  // When expire() is due if nothing wakes the batch before; nothing when all its calls have ended.
  std::optional<TimePoint> next_deadline(CallBatch& batch, TimePoint now);

  // ---- the suspension's questions ----
  // The question to send now.
  std::optional<Request> due_question(TimePoint now);
  void note_question_sent(Request question, std::uint64_t id, TimePoint now);
  // When due_question() or expire_question() is due by time alone.
  TimePoint question_due_at() const;
  // Stops waiting for a question that was never answered. True if that changed anything.
  bool expire_question(TimePoint now);

  // ---- what happens ----
  // True if the number of unanswered calls became 0, or a question was answered, or held calls were released.
  bool note_reply(std::uint64_t id, result<Message> outcome);
  void note_connected() noexcept { connection_ = Connection::open; }
  // Nothing more can be sent; the open calls end with note_disconnected().
  void note_connection_lost() noexcept { connection_ = Connection::none; }
  void note_disconnected(const Error& why);
  // Another server owns the name.
  void note_new_owner(TimePoint now);
  void note_owner_gone();
  // How the server that owned the name, or still does, ended.
  void note_server_exit(ServerExit exit) { gate_.note_exit(exit, window_.requests()); }
  // See CallWindow::abandon_unanswered(): only a new connection frees the places.
  bool abandon_unanswered() { return window_.abandon_unanswered(); }
  // Calls suspended methods again.
  void lift_suspensions();

  std::size_t unanswered() const noexcept { return window_.unanswered(); }
  bool window_is_full() const noexcept { return window_.is_full(); }
  // How long a reply may be late before it counts as lost.
  Duration reply_patience() const noexcept {
    return 30 * std::min<Duration>(options_.call_timeout, std::chrono::hours(24));
  }
  const Suspension& suspension() const noexcept { return gate_.suspension(); }

 private:
  enum class Connection { none, open };
  enum class Server { absent, present };

  std::optional<errc> refusal(Suspension::Rule rule) const;
  void end(CallBatch& batch, CallBatch::Outcome outcome);
  bool end(const OpenCall& call, result<Message> outcome);
  void end_all(const Error& why);
  bool apply(CallGate::Effect effect);
  void wake_all();
  void wake_held();
  void wake_starved();

  Options options_;
  CallWindow window_;
  CallGate gate_;
  std::vector<CallBatch*> batches_;
  Connection connection_ = Connection::none;
  Server server_ = Server::absent;
};

}  // namespace ganesha::dbus
