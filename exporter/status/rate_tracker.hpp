// The rates of exports and clients over the polls of one server. The status page's worker feeds it each new
// snapshot.
#pragma once

#include <cstdint>
#include <optional>

#include "exporter/status/rates.hpp"

namespace ganesha::exporter {

class RateTracker {
 public:
  // `at` is when the poll ended, `owner` the generation of the name's owner that was polled. Values of
  // another server, or from before a reset of the counters, are not compared.
  void update(const SnapshotPtr& snapshot, dbus::TimePoint at, std::uint64_t owner);

  const RateTable& exports() const { return exports_.rates; }
  const RateTable& clients() const { return clients_.rates; }
  // All traffic: of the exports where they are collected, else of the clients; null where both failed in the
  // latest snapshot.
  const RateTable* all(const Snapshot& latest) const;

 private:
  struct Kind {
    RateTable rates;
    std::optional<dbus::TimePoint> at;  // of the latest values

    template <class Entries>
    void update(const Entries& entries, const std::optional<IoTable>& io, dbus::TimePoint now);
  };

  Kind exports_, clients_;
  std::optional<std::uint64_t> owner_;
  std::optional<dbus::Timestamp> counting_since_;
};

// Whether what the snapshot holds of a collector is whole, and may be shown.
bool succeeded(const Snapshot& snapshot, CollectorId collector);

}  // namespace ganesha::exporter
