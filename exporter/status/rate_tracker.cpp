#include "exporter/status/rate_tracker.hpp"

#include "exporter/model/stats_switch.hpp"

namespace ganesha::exporter {
namespace {

std::optional<dbus::Timestamp> counting_since(const Snapshot& snapshot) {
  if (!snapshot.stats) return std::nullopt;
  const auto* nfs = find_switch(*snapshot.stats, Statistic::nfs);
  return nfs ? std::optional(nfs->since) : std::nullopt;
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
  if (succeeded(*snapshot, CollectorId::exports)) exports_.update(snapshot->exports, snapshot->export_io, at);
  if (succeeded(*snapshot, CollectorId::clients)) clients_.update(snapshot->clients, snapshot->client_io, at);
}

const RateTable* RateTracker::all(const Snapshot& latest) const {
  if (exports_.at && succeeded(latest, CollectorId::exports)) return &exports_.rates;
  return succeeded(latest, CollectorId::clients) ? &clients_.rates : nullptr;
}

bool succeeded(const Snapshot& snapshot, CollectorId collector) {
  return snapshot.outcomes[index_of(collector)].success;
}

}  // namespace ganesha::exporter
