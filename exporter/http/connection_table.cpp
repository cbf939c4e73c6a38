#include "exporter/http/connection_table.hpp"

#include <algorithm>
#include <tuple>

namespace ganesha::exporter {
namespace {

using namespace std::chrono_literals;

// A client that waits longer has no request on its way.
constexpr auto usual_wait = 1s;
constexpr auto newcomer_age = 100ms;

bool can_be_closed(const Connection& connection) { return connection.phase != Phase::handling; }

bool is_idle(const Connection& connection) {
  return connection.phase != Phase::handling && connection.phase != Phase::writing;
}

}  // namespace

std::string network_of(const boost::asio::ip::address& client) {
  const auto text = [](const auto& bytes, std::size_t length) {
    return std::string(reinterpret_cast<const char*>(bytes.data()), length);
  };
  if (client.is_v4()) return text(client.to_v4().to_bytes(), 4);
  const auto bytes = client.to_v6().to_bytes();
  constexpr std::size_t mapped = 12, half = 8;
  if (client.to_v6().is_v4_mapped()) return text(bytes, bytes.size()).substr(mapped);
  return text(bytes, half);
}

CloseReason eviction_reason(const Connection& connection) {
  return connection.phase == Phase::writing ? CloseReason::reader_evicted : CloseReason::idle_evicted;
}

std::size_t ConnectionTable::count(Place place) const {
  return place == Place::reserve ? in_reserve_ : all_.size() - in_reserve_;
}

ConnectionTable::Admission ConnectionTable::make_place(TimePoint now) const {
  for (const Place place : {Place::regular, Place::reserve}) {
    const auto limit = place == Place::regular ? options_.max_connections : options_.reserve;
    if (count(place) < limit) return {place};
    Connection* const evicted = evictable(place, now);
    if (evicted) return {place, evicted, now - evicted->waiting_since < newcomer_age};
  }
  return {};
}

void ConnectionTable::add(Connection& connection, TimePoint now) {
  std::size_t& peers = networks_[connection.network];
  all_.push_back(&connection);
  // Nothing from here on throws.
  ++peers;
  connection.peers = &peers;
  connection.index = all_.size() - 1;
  if (connection.place == Place::reserve) ++in_reserve_;
  connection.deadline_start = connection.waiting_since = now;
}

void ConnectionTable::remove(Connection& connection) {
  if (!connection.peers) return;
  if (connection.phase == Phase::writing) --readers_;
  all_[connection.index] = all_.back();
  all_[connection.index]->index = connection.index;
  all_.pop_back();
  if (connection.place == Place::reserve) --in_reserve_;
  if (--*connection.peers == 0) networks_.erase(connection.network);
  connection.peers = nullptr;
}

void ConnectionTable::enter(Connection& connection, Phase phase, TimePoint now) {
  // In the reserve the whole request has one deadline from accept on.
  if (phase != Phase::request || connection.place == Place::regular) connection.deadline_start = now;
  connection.waiting_since = now;
  if (connection.peers) {
    if (connection.phase == Phase::writing) --readers_;
    if (phase == Phase::writing) ++readers_;
  }
  connection.phase = phase;
}

// The network with most connections comes first. There, connections that wait for longer than usual, then
// others and readers, always the longest first.
bool ConnectionTable::goes_before(const Connection& a, const Connection& b, TimePoint now) const {
  const auto rank = [&](const Connection& c) {
    const auto waits = now - c.waiting_since;
    return std::tuple(*c.peers, is_idle(c) && waits >= usual_wait, waits);
  };
  return rank(a) > rank(b);
}

Connection* ConnectionTable::evictable(Place place, TimePoint now) const {
  Connection* first = nullptr;
  for (Connection* const connection : all_) {
    if (connection->place != place || !can_be_closed(*connection)) continue;
    if (!first || goes_before(*connection, *first, now)) first = connection;
  }
  return first;
}

Connection* ConnectionTable::slowest_reader(TimePoint now) const {
  const auto rank = [now](const Connection& reader) {
    const auto waits = now - reader.waiting_since;
    const bool had_time = waits >= newcomer_age;
    return std::tuple(had_time, had_time ? 0 : *reader.peers, had_time ? waits : -waits);
  };
  Connection* slowest = nullptr;
  for (Connection* const connection : all_) {
    if (connection->phase != Phase::writing) continue;
    if (!slowest || rank(*connection) > rank(*slowest)) slowest = connection;
  }
  return slowest;
}

std::size_t ConnectionTable::largest_body() const {
  std::size_t largest = 0;
  for (const Connection* const connection : all_)
    if (connection->phase == Phase::writing) largest = std::max(largest, connection->body_bytes);
  return largest;
}

bool ConnectionTable::is_overdue(const Connection& connection, TimePoint now) const {
  const auto passed = now - connection.deadline_start;
  const bool reserve = connection.place == Place::reserve;
  switch (connection.phase) {
    case Phase::first_byte:
      return passed >= (reserve ? options_.reserve_timeout : options_.first_byte_timeout);
    case Phase::request:
      return passed >= (reserve ? options_.reserve_timeout : options_.request_timeout);
    case Phase::idle:
      return passed >= options_.idle_timeout;
    case Phase::writing:
      return passed >= options_.write_timeout || now - connection.waiting_since >= options_.progress_timeout;
    case Phase::lingering:
      return passed >= options_.linger_timeout;
    case Phase::handling:
      break;
  }
  return false;
}

std::optional<CloseReason> ConnectionTable::reason(const Connection& connection, TimePoint now) const {
  switch (connection.phase) {
    case Phase::first_byte:
      return CloseReason::first_byte_timeout;
    case Phase::request:
      return CloseReason::request_timeout;
    case Phase::writing:
      return now - connection.deadline_start >= options_.write_timeout ? CloseReason::write_timeout
                                                                       : CloseReason::no_progress;
    default:
      return std::nullopt;
  }
}

std::vector<ConnectionTable::Overdue> ConnectionTable::overdue(TimePoint now, std::size_t most) const {
  std::vector<Overdue> found;
  for (Connection* const connection : all_) {
    if (found.size() >= most) break;
    if (is_overdue(*connection, now)) found.push_back({connection, reason(*connection, now)});
  }
  return found;
}

}  // namespace ganesha::exporter
