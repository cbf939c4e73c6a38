#include "exporter/collect/freshness.hpp"

#include <algorithm>
#include <utility>

namespace ganesha::exporter {

void Freshness::poll_ended(SnapshotPtr snapshot, const ServerView& server) {
  // What a poll had found when the server froze under it is old by the time the server continues.
  stale_ = !snapshot->complete && !server.up;
  last_poll_ = std::move(snapshot);
  generation_ = server.generation;
  last_ended_ = server.now;
}

SnapshotPtr Freshness::fresh(const ServerView& server) const {
  if (!last_poll_ || stale_ || !server.up || generation_ != server.generation) return nullptr;
  // None follows one that broke off until the missing replies have come.
  const bool old = server.now - last_ended_ > poll_interval_;
  return last_poll_->complete || !old ? last_poll_ : nullptr;
}

bool poll_succeeded(const Snapshot& snapshot, CollectorSet enabled) {
  return snapshot.complete &&
         (enabled.none() || std::ranges::any_of(snapshot.outcomes, &CollectorOutcome::success));
}

}  // namespace ganesha::exporter
