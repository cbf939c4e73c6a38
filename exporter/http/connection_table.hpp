// Decides which connections get a place, whose place a new one takes, and which were too slow. Does no I/O:
// HttpServer reports events and closes what it names.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "exporter/base/close_reason.hpp"
#include "exporter/http/connection.hpp"
#include "exporter/http/options.hpp"

namespace ganesha::exporter {

class ConnectionTable {
 public:
  struct Admission {
    std::optional<Place> place;     ///< none: refuse the connection
    Connection* evicted = nullptr;  ///< to be closed first
    /// The evicted one had just come, so its request may be on its way: what has been accepted must be read
    /// before more is.
    bool evicted_newcomer = false;
  };
  struct Overdue {
    Connection* connection;
    std::optional<CloseReason> reason;  ///< none: an ordinary end that is not counted
  };

  explicit ConnectionTable(const HttpOptions& options) : options_(options) {}

  /// Where a new connection goes. It is not added.
  Admission make_place(TimePoint now) const;
  void add(Connection& connection, TimePoint now);
  /// Does nothing if it is in no table.
  void remove(Connection& connection);

  void enter(Connection& connection, Phase phase, TimePoint now);
  /// The client took some bytes of its response.
  static void progressed(Connection& connection, TimePoint now) { connection.waiting_since = now; }

  bool has_too_many_readers() const { return readers_ > options_.max_readers; }
  /// Which reader to close first; null if there is none: the one that has taken nothing for longest. While
  /// all have just begun, nobody knows who reads: then the newest of the network with most connections.
  Connection* slowest_reader(TimePoint now) const;
  /// The body of the largest response that is being written; bytes.
  std::size_t largest_body() const;
  /// At most `most` of those that were too slow.
  std::vector<Overdue> overdue(TimePoint now, std::size_t most) const;
  const std::vector<Connection*>& all() const { return all_; }

 private:
  std::size_t count(Place place) const;
  Connection* evictable(Place place, TimePoint now) const;
  bool goes_before(const Connection& a, const Connection& b, TimePoint now) const;
  bool is_overdue(const Connection& connection, TimePoint now) const;
  std::optional<CloseReason> reason(const Connection& connection, TimePoint now) const;

  const HttpOptions& options_;
  std::vector<Connection*> all_;
  std::size_t in_reserve_ = 0;
  std::size_t readers_ = 0;
  std::unordered_map<std::string, std::size_t> networks_;
};

/// Why a connection in this phase was closed for another one.
CloseReason eviction_reason(const Connection& connection);

}  // namespace ganesha::exporter
