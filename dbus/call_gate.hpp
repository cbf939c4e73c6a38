// Which calls may be made, given what the suspension knows: it adds the open question, the call that is made
// alone and the reports of how servers ended. CallScheduler owns one. No bus and no clock is known here.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "call_window.hpp"
#include "error.hpp"
#include "message.hpp"
#include "suspension.hpp"
#include "time.hpp"

namespace ganesha::dbus {

// How it is known that a server died: some program reports its exit, or each loss of the name with calls open
// counts as a death.
enum class ExitReports { none, come };

enum class ServerExit { clean, crashed };

class CallGate {
 public:
  // What an event did for the calls that are held.
  enum class Effect {
    none,
    answered,  // a question was answered; calls are still held
    released,  // calls may be made that were held
  };
  // Whether batches wait for calls that are open.
  enum class Others { none, awaited };

  CallGate(Suspension suspension, ExitReports exit_reports)
      : suspension_(std::move(suspension)), exit_reports_(exit_reports) {}

  // ---- the server ----
  void begin_life(TimePoint now);
  // Its name is gone; `open` are the calls that it has not answered, in the order of sending.
  void end_life(std::vector<Request> open);
  // The bus went away, which is no death of the server: it may live on.
  void end_connection();
  // How it ended, before or after its name goes.
  void note_exit(ServerExit exit, std::vector<Request> open);

  // ---- calls ----
  // How a call of this method is to be made now: `hold` also where another is made alone.
  Suspension::Rule rule(const Method& method, Others others) const;
  void note_sent(std::uint64_t id, Suspension::Rule rule);
  // A call was answered, or ended with the server or the connection.
  Effect note_outcome(const OpenCall& call, const result<Message>& outcome);
  // A call timed out: nobody waits for it any more.
  Effect note_timeout(std::uint64_t id);

  // ---- the suspension's questions, one at a time ----
  std::optional<Request> due_question(TimePoint now);
  void note_question(std::uint64_t id, TimePoint deadline);
  // Stops waiting for the reply when its deadline has passed.
  Effect expire_question(TimePoint now);
  TimePoint question_deadline() const noexcept { return question_deadline_; }

  const Suspension& suspension() const noexcept { return suspension_; }
  void lift() { suspension_.lift(); }

 private:
  Effect take_question(const result<Message>& outcome);

  Suspension suspension_;
  ExitReports exit_reports_;
  std::uint64_t question_ = 0;  // its id; 0: none is open
  TimePoint question_deadline_ = TimePoint::max();
  std::uint64_t alone_ = 0;  // the id of a call during which no other is made; 0: none
  std::optional<std::vector<Request>> open_at_end_;  // of the last server, until its exit is reported
};

}  // namespace ganesha::dbus
