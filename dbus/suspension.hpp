// Which methods may be called after the server died while calls were open. A method that crashes the server
// costs at most three deaths: after the first one all open methods are suspects, which are called alone in
// the next run; the one that is open at the second death is the only suspect, called after a quiet time; the
// third death suspends it. CallGate reports events and follows the rules. No bus and no clock is known here.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "methods.hpp"

namespace ganesha::dbus {

// What outlives a server and the exporter.
struct SuspensionRecord {
  std::string version;            // of the servers that died; empty: not known
  std::vector<Request> suspects;  // the longest unanswered first
  bool single = false;            // the suspect was the only open call when a server died
  std::vector<Method> suspended;

  bool empty() const noexcept { return suspects.empty() && suspended.empty(); }
  bool operator==(const SuspensionRecord&) const = default;
};

// A step in the suspension of methods, for the log.
enum class SuspensionStep {
  suspected,    // a server died while these were open
  singled_out,  // the second one died while this was called alone
  suspended,    // and the third: this is no longer called
  cleared,      // all suspects answered, or the server died without a call
  new_version,  // another version of the server: all methods are called again
};

class Suspension {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using OnStep = std::function<void(SuspensionStep, const std::vector<Method>&)>;
  using OnSave = std::function<void(const SuspensionRecord&)>;

  // How a method may be called. `alone`: while no other call is waited for.
  enum class Rule { call, alone, hold, refuse };
  // `refused`: with `false` or an error, which proves nothing if the argument may no longer exist.
  enum class Answer { given, refused, missing };

  // `on_save` is called with each record that must outlive the exporter.
  Suspension(SuspensionRecord record, OnStep on_step, OnSave on_save);

  void begin_life(TimePoint now);
  // The server ended with these calls open, in the order of sending, and no clean exit is known.
  void note_death(std::vector<Request> open);
  // It exited cleanly, or the bus went away: that says nothing about methods.
  void end_life() noexcept { phase_ = Phase::no_server; }

  // The call to make now, before any that are held. It is due until note_question(), and again after
  // note_answer().
  std::optional<Request> due_question(TimePoint now);
  void note_question() noexcept { asking_ = true; }
  // The outcome of the question; `version` is the server's, if that was the question.
  void note_answer(Answer answer, const std::optional<std::string>& version);
  // The outcome of a call that was made alone.
  void note_answer_alone(const Method& method, Answer answer);

  Rule rule(const Method& method) const;
  // Whether a life began and has not been judged.
  bool follows_a_life() const noexcept { return phase_ != Phase::no_server; }
  // Whether calls are held: polls cannot succeed yet.
  bool holds() const noexcept { return phase_ != Phase::no_server && phase_ != Phase::free; }
  // When due_question() changes by time alone.
  TimePoint quiet_until() const noexcept;
  const std::vector<Method>& suspended() const noexcept { return record_.suspended; }
  // Calls every method again.
  void lift();

 private:
  enum class Phase { no_server, quiet, version, asking, free };

  void begin_questions();
  void take_version(const std::string& version);
  void set_free();
  void clear(const Method& method);
  bool is_suspended(const Method& method) const;
  void single_out(Request request);
  void suspect(std::vector<Request> open);
  void save();

  SuspensionRecord record_;
  SuspensionRecord saved_;
  OnStep on_step_;
  OnSave on_save_;
  Phase phase_ = Phase::no_server;
  TimePoint quiet_until_{};
  std::string version_;          // of this life's server
  bool version_due_ = false;     // it has not been queried in this life
  bool asking_ = false;          // a question is open
  bool asking_version_ = false;  // and that is the question
  std::size_t next_ = 0;         // the suspect that is called, or the next one
};

}  // namespace ganesha::dbus
