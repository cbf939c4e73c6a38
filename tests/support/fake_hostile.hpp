// A server that answers wrongly, by a seed: --hostile-seed makes fake_ganesha one. A scene says which methods
// answer in which manner until the next scene; enough seeds play every method in every manner.
// hostile_test.py is the one that uses it.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "fake_methods.hpp"
#include "fake_scenes.hpp"

namespace fake {

// Gives the world every method that any version has. With an odd seed Introspect does without those in whose
// place the exporter calls others.
void prepare_hostile_world(std::uint64_t seed, World& world);

class Hostile {
 public:
  using Clock = std::chrono::steady_clock;

  // `late` is how long a late reply takes.
  Hostile(std::uint64_t seed, std::chrono::milliseconds late);

  void play(std::uint64_t scene);
  std::uint64_t playing() const { return scene_number_; }
  // How many methods of the scene were not called yet.
  std::size_t pending() const { return scene_.size() - calls_.size(); }
  // Late replies are sent, and all goes on as with an honest server.
  void be_honest(sd_bus* bus);

  // Takes the reply of an honest server, which was not sent.
  void answer(sd_bus* bus, sd_bus_message* call, Message honest);
  // Returns how long after the usual time the next heartbeat comes.
  std::chrono::milliseconds beat(sd_bus* bus);
  void send_due(sd_bus* bus);
  // When send_due() has something to send; Clock::time_point::max() if nothing waits.
  Clock::time_point next_due() const;

  // How often a method answered in a manner, as "ClientMgr.GetNFSv3IO twice"; those of the table that never
  // did have 0.
  const std::map<std::string, std::uint64_t>& played() const { return played_; }

 private:
  const Manner* manner_of(const std::string& method);
  Random random_for(const std::string& method);
  void send_reply(sd_bus* bus, sd_bus_message* call, sd_bus_message* honest, Manner manner, Random& random);

  std::uint64_t seed_;
  std::chrono::milliseconds late_;
  Scene scene_;
  std::uint64_t scene_number_ = std::numeric_limits<std::uint64_t>::max();  // none yet
  std::map<std::string, std::uint64_t> calls_;                              // in this scene
  std::map<std::string, std::uint64_t> played_;
  std::vector<std::pair<Clock::time_point, Message>> waiting_;
};

}  // namespace fake
