// Drives a CallScheduler as Bus does, with a server that is only a list of what was sent to it, and a time
// that the test sets.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "dbus/call_scheduler.hpp"
#include "dbus/methods.hpp"
#include "requests.hpp"
#include "wire_message.hpp"

namespace ganesha::test {

using namespace std::chrono_literals;

struct SchedulerDriver : testing::Test {
  static constexpr std::size_t window = 4;
  static constexpr dbus::Duration timeout = 10s;

  struct Sent {
    std::uint64_t id;
    dbus::Request request;
  };

  // The coroutine of one Bus::call_each().
  struct Caller {
    Caller(SchedulerDriver& owner, std::size_t count, dbus::Request one)
        : driver(owner), request(std::move(one)), batch(count, [this] { driver.woken.push_back(this); }) {
      driver.scheduler.add(batch);
      run();
    }
    ~Caller() {
      driver.scheduler.remove(batch);
      std::erase(driver.woken, this);
    }

    void run() {
      do {
        driver.scheduler.expire(batch, driver.now);
        send();
        for (auto& [index, outcome, sent_at] : batch.take_outcomes()) {
          indices.push_back(index);
          outcomes.push_back(outcome ? "ok" : std::string(name(outcome.error().code)));
        }
      } while (driver.scheduler.has_room(batch));
      deadline = driver.scheduler.next_deadline(batch, driver.now);
    }

    void send() {
      batch.release();
      while (driver.scheduler.has_room(batch)) {
        auto call = driver.scheduler.plan(batch, request, driver.now);
        if (!call) return;
        driver.send(std::move(*call));
      }
    }

    bool has_ended() const { return !deadline; }

    SchedulerDriver& driver;
    dbus::Request request;
    dbus::CallBatch batch;
    std::vector<std::size_t> indices;   // of the outcomes, as they came
    std::vector<std::string> outcomes;  // "ok" or the error
    std::optional<dbus::TimePoint> deadline;
  };

  // A scheduler with a connection and a server.
  void SetUp() override { connect(); }

  void connect() {
    scheduler.note_connected();
    scheduler.note_new_owner(now);
    answer_version();
  }

  static dbus::Message version_reply() {
    return wire_message("v", nlohmann::json::array({{{"type", "s"}, {"data", "4.3"}}}));
  }

  // The first question to each server, while calls need not wait for it.
  void answer_version() {
    const auto question = ask();
    if (question && *question == dbus::Request{dbus::methods::get_property, dbus::version_argument()})
      reply(sent.back().id, version_reply());
  }

  // Sends the question that is due.
  std::optional<dbus::Request> ask() {
    const auto question = scheduler.due_question(now);
    if (!question) return std::nullopt;
    sent.push_back({++last_id, *question});
    scheduler.note_question_sent(*question, last_id, now);
    return question;
  }

  void send(dbus::PlannedCall call) {
    sent.push_back({++last_id, call.request});
    most_in_flight = std::max(most_in_flight, sent.size());
    scheduler.note_sent(std::move(call), last_id);
  }

  std::unique_ptr<Caller> call(dbus::Request request, std::size_t count = 1) {
    return std::make_unique<Caller>(*this, count, std::move(request));
  }

  // The server answers; those who are woken by it run.
  bool reply(std::uint64_t id, dbus::result<dbus::Message> outcome = dbus::Message()) {
    std::erase_if(sent, [id](const Sent& one) { return one.id == id; });
    const bool changed = scheduler.note_reply(id, std::move(outcome));
    run_woken();
    return changed;
  }
  bool reply_to_first() { return reply(sent.front().id); }

  void run_woken() {
    while (!woken.empty()) {
      auto* caller = woken.front();
      std::erase(woken, caller);
      caller->run();
    }
  }

  // The name is gone: what was sent is answered no more.
  void lose_owner() {
    sent.clear();
    scheduler.note_owner_gone();
    run_woken();
  }

  void pass(dbus::Duration duration, std::initializer_list<Caller*> callers) {
    now += duration;
    for (auto* caller : callers)
      if (caller->deadline && *caller->deadline <= now) caller->run();
    run_woken();
  }

  dbus::Suspension suspension(dbus::SuspensionRecord record = {}) {
    return {std::move(record), {}, [this](const auto& latest) { saved = latest; }};
  }

  // A scheduler of which some methods are suspected of ending the server.
  void suspect(std::vector<dbus::Request> suspects, dbus::ExitReports reports = dbus::ExitReports::none) {
    sent.clear();
    scheduler =
        dbus::CallScheduler({window, timeout, reports}, suspension({{}, std::move(suspects), false, {}}));
    connect();
  }

  dbus::TimePoint now{1h};
  std::uint64_t last_id = 0;
  std::vector<Sent> sent;  // and not answered
  std::size_t most_in_flight = 0;
  std::deque<Caller*> woken;
  dbus::SuspensionRecord saved;
  dbus::CallScheduler scheduler{{window, timeout, dbus::ExitReports::none}, suspension()};
};

}  // namespace ganesha::test
