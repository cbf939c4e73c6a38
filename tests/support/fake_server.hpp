// The fake Ganesha on its bus: takes the calls, answers them by the table of methods or as a test told it
// to, and sends the heartbeat. main runs it; test.Control turns its switches.
#pragma once

#include <chrono>
#include <csignal>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "fake_hostile.hpp"
#include "fake_methods.hpp"
#include "fake_sd.hpp"

namespace fake {

// `pretend` is an error by the name of one that the bus sends for a server that is gone.
enum class Fault { malform, fail, pretend, refuse, lose };

class Server {
 public:
  // The bus outlives the server. A period of 0 is no heartbeat.
  Server(sd_bus* bus, std::string name, World world, std::chrono::milliseconds heartbeat_period);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Serves until stop is set; throws std::system_error when the bus goes away.
  void run(const volatile std::sig_atomic_t& stop);

  World& world() { return world_; }
  // Has all calls answered by `hostile`, which the server then owns.
  void set_hostile(Hostile hostile) { hostile_.emplace(std::move(hostile)); }
  // Null for a server that is honest.
  Hostile* hostile() { return hostile_ ? &*hostile_ : nullptr; }
  // A new owner of the name plays a scene of the hostile server, as soon as no call comes: an owner that goes
  // while it is called would be one that died of the call.
  void play_scene(std::uint64_t scene) { next_scene_ = scene; }
  void be_honest();
  void take_name();
  void release_name();
  void set_heartbeat(bool on);
  // Silent, it holds every call; then it answers all of them in their order.
  void set_silent(bool on);
  // The method is named `GetNFSv3IO`, which is all of that name, or `clientstats.GetNFSv3IO`.
  void set_fault(Fault fault, const std::string& method, bool on);
  // By `clientstats.GetNFSv3IO`; calls of methods that the layout lacks are in "unknown_methods" too.
  const std::map<std::string, std::uint64_t>& calls() const { return calls_; }
  std::size_t max_unanswered() const { return max_unanswered_; }

 private:
  using Clock = std::chrono::steady_clock;

  static int on_message(sd_bus_message* message, void* server, sd_bus_error* error);
  void take(sd_bus_message* call);
  void answer(sd_bus_message* call);
  Message reply_by_table(sd_bus_message* call);
  void answer_with_fault(sd_bus_message* call, Fault fault);
  const Method* method_for(sd_bus_message* call) const;
  std::optional<Fault> fault_of(const std::string& key, const std::string& member) const;
  void beat_if_due();
  void play_next_scene_if_quiet();
  void wait();
  Clock::time_point next_event() const;

  sd_bus* bus_;
  std::string name_;
  World world_;
  std::chrono::milliseconds period_;
  bool beating_;
  Clock::time_point next_beat_ = Clock::now();
  bool silent_ = false;
  std::vector<Message> held_;
  std::size_t max_unanswered_ = 0;
  std::map<std::string, std::uint64_t> calls_;
  std::map<Fault, std::set<std::string>> faults_;
  std::optional<Hostile> hostile_;
  std::optional<std::uint64_t> next_scene_;
  Clock::time_point last_call_ = Clock::now();
  std::unordered_map<std::string, const Method*> table_;
};

}  // namespace fake
