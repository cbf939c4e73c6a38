#include "fake_model.hpp"

#include <algorithm>
#include <ctime>
#include <stdexcept>
#include <utility>

namespace fake {

const char* name_of(Protocol protocol) {
  static constexpr std::array names{"NFSv3", "NFSv40", "NFSv41", "NFSv42", "9P"};
  return names.at(static_cast<std::size_t>(protocol));
}

bool uses(ProtocolSet set, Protocol protocol) { return set.test(static_cast<std::size_t>(protocol)); }

ProtocolSet protocols_from(std::string_view list) {
  ProtocolSet set;
  while (!list.empty()) {
    const std::string_view name = list.substr(0, list.find(','));
    const auto* const found = std::ranges::find(protocols, name, name_of);
    if (found == protocols.end()) throw std::invalid_argument("unknown protocol: " + std::string(name));
    set.set(static_cast<std::size_t>(*found));
    list.remove_prefix(std::min(list.size(), name.size() + 1));
  }
  return set;
}

Moment now() {
  timespec time{};
  clock_gettime(CLOCK_REALTIME, &time);
  return {static_cast<std::uint64_t>(time.tv_sec), static_cast<std::uint64_t>(time.tv_nsec)};
}

Counted Model::new_entity(std::uint64_t index, ProtocolSet used) const {
  // After a reset no step has been counted: a newcomer cannot have counted one more than the rest.
  return {index, steps_ == 0 ? 0 : steps_ - 1, used, now()};
}

void Model::add_export(std::uint16_t id, std::string path) {
  exports_.emplace(id, Export{id, std::move(path), new_entity(id, export_protocols_)});
}

bool Model::remove_export(std::uint16_t id) { return exports_.erase(id) != 0; }

bool Model::add_client(std::string address) {
  client_positions_.try_emplace(address, clients_.size());
  clients_.push_back({std::move(address), new_entity(++clients_ever_, client_protocols_)});
  return true;
}

bool Model::remove_client(const std::string& address) {
  if (std::erase_if(clients_, [&](const Client& client) { return client.address == address; }) == 0) {
    return false;
  }
  index_clients();
  return true;
}

void Model::index_clients() {
  client_positions_.clear();
  for (std::size_t i = 0; i < clients_.size(); ++i) client_positions_.try_emplace(clients_[i].address, i);
}

bool Model::set_client_activity(const std::string& address, Moment moment) {
  const auto found = client_positions_.find(address);
  if (found == client_positions_.end()) return false;
  clients_[found->second].counted.last_activity = moment;
  return true;
}

const Export* Model::find_export(std::uint16_t id) const {
  const auto found = exports_.find(id);
  return found == exports_.end() ? nullptr : &found->second;
}

const Client* Model::find_client(const std::string& address) const {
  const auto found = client_positions_.find(address);
  return found == client_positions_.end() ? nullptr : &clients_[found->second];
}

IoBlock Model::io(const Counted& counted, Protocol protocol, Operation operation) const {
  const std::uint64_t rate = counted.index * 10 + static_cast<std::uint64_t>(protocol) * 2 +
                             static_cast<std::uint64_t>(operation) + 1;
  const std::uint64_t operations = (steps_ - counted.counted_from) * rate;
  return {.requested_bytes = operations * 4096,
          .transferred_bytes = operations * 4000,
          .operations = operations,
          .errors = operations / 8,
          .latency_ns = operations * 1500,
          .queue_wait_ns = operations * 70};
}

OtherBlock Model::other(const Counted& counted, Protocol protocol) const {
  const std::uint64_t operations =
      (steps_ - counted.counted_from) * (counted.index * 3 + static_cast<std::uint64_t>(protocol) + 5);
  return {operations, operations / 4};
}

std::uint64_t Model::all_operations(const Counted& counted) const {
  std::uint64_t sum = 0;
  for (const Protocol protocol : protocols) {
    if (!uses(counted.protocols, protocol)) continue;
    sum += io(counted, protocol, Operation::read).operations;
    sum += io(counted, protocol, Operation::write).operations;
  }
  return sum;
}

void Model::tick(std::uint64_t steps) {
  if (!stats_on_) return;
  steps_ += steps;
  // As on a real server no two of them are active at one moment.
  for (auto& [id, entry] : exports_) entry.counted.last_activity = now();
  for (Client& client : clients_) client.counted.last_activity = now();
}

void Model::tick_some(std::size_t clients) {
  if (!stats_on_) return;
  ++steps_;
  for (auto& [id, entry] : exports_) entry.counted.last_activity = now();
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    if (i < clients)
      clients_[i].counted.last_activity = now();
    else
      ++clients_[i].counted.counted_from;
  }
}

void Model::reset() {
  steps_ = 0;
  counting_since_ = now();
  for (auto& [id, entry] : exports_) entry.counted.counted_from = 0;
  for (Client& client : clients_) client.counted.counted_from = 0;
}

void Model::set_stats(bool on) {
  if (on && !stats_on_) counting_since_ = now();
  stats_on_ = on;
}

}  // namespace fake
