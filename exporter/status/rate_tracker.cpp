#include "exporter/status/rate_tracker.hpp"

#include <algorithm>

namespace ganesha::exporter {
namespace {

std::optional<dbus::Timestamp> counting_since(const Snapshot& snapshot) {
  if (!snapshot.stats) return std::nullopt;
  const auto nfs = std::ranges::find(*snapshot.stats, "nfs", &dbus::StatsSwitch::name);
  return nfs == snapshot.stats->end() ? std::nullopt : std::optional(nfs->since);
}

}  // namespace

template <class Entries>
void RateTracker::Kind::update(const Entries& entries, const std::optional<IoTable>& io,
                               dbus::TimePoint now) {
  if (!entries || !io) {
    *this = {};
    return;
  }
  std::optional<double> seconds;
  if (at && now > *at) seconds = std::chrono::duration<double>(now - *at).count();
  rates.update(*entries, *io, seconds);
  at = now;
}

void RateTracker::update(const SnapshotPtr& snapshot, dbus::TimePoint at, std::uint64_t owner) {
  if (owner_ != owner) *this = {};
  owner_ = owner;
  if (const auto since = counting_since(*snapshot)) {
    if (counting_since_ && *since != *counting_since_) exports_.at = clients_.at = std::nullopt;
    counting_since_ = since;
  }
  // After a collector failed, the next values are compared with those before the failure.
  if (succeeded(*snapshot, "exports")) exports_.update(snapshot->exports, snapshot->export_io, at);
  if (succeeded(*snapshot, "clients")) clients_.update(snapshot->clients, snapshot->client_io, at);
}

const RateTable* RateTracker::all(const Snapshot& latest) const {
  if (exports_.at && succeeded(latest, "exports")) return &exports_.rates;
  return succeeded(latest, "clients") ? &clients_.rates : nullptr;
}

bool succeeded(const Snapshot& snapshot, std::string_view collector) {
  return snapshot.outcomes[collector_index(collector)].success;
}

}  // namespace ganesha::exporter
