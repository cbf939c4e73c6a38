#include "exporter/current_state.hpp"

#include <utility>

#include "exporter/model/service_status.hpp"

namespace ganesha::exporter {

void CurrentState::went_up() { changed_at_ = parts_.clock.wall(); }

void CurrentState::went_down(std::string reason) {
  changed_at_ = parts_.clock.wall();
  last_error_ = std::move(reason);
}

ServerView CurrentState::server() const {
  return {parts_.heartbeat.up(), parts_.bus.owner_generation(), parts_.clock.now()};
}

ScrapeState CurrentState::scrape_state() const {
  const auto& [options, build, clock, bus, heartbeat, freshness, log, web, supervised] = parts_;
  ScrapeState state;
  state.up = heartbeat.up();
  state.fresh = fresh() != nullptr;
  state.heartbeats = heartbeat.heartbeats();
  state.last_heartbeat = heartbeat.last_heartbeat();
  state.owner_changes = bus.owner_changes();
  state.bus_connected = bus.connected();
  state.enabled = options.enabled;
  state.last_poll = freshness.last_poll();
  for (const auto& method : bus.suspended_methods()) state.suspended_methods.push_back(label_of(method));
  state.log_lines_dropped = log.lines_dropped();
  state.config_reload = web.last_reload();
  state.version = build.version;
  state.revision = build.revision;
  return state;
}

HealthStatus CurrentState::health_status() const {
  const auto& supervised = parts_.supervised;
  HealthStatus status;
  const auto snapshot = fresh();
  status.up = parts_.heartbeat.up();
  status.owned = !parts_.bus.owner().empty();
  status.bus_connected = parts_.bus.connected();
  if (supervised) status.lost = why_lost(*supervised, status.up, parts_.clock.now());
  if (supervised) status.waits_for = supervised->not_ready();
  status.ready =
      snapshot && poll_succeeded(*snapshot, parts_.options.enabled) && (!supervised || supervised->ready);
  if (const auto beat = parts_.heartbeat.last_heartbeat())
    status.seconds_since_heartbeat = std::chrono::duration<double>(parts_.clock.wall() - *beat).count();
  if (!status.up) status.last_error = last_error_;
  return status;
}

std::string CurrentState::service_status() const {
  return exporter::service_status(health_status(), fresh().get());
}

std::optional<Since> CurrentState::since(const Snapshot* snapshot) const {
  if (!changed_at_) return std::nullopt;
  if (!parts_.heartbeat.up()) return Since{SinceKind::down, *changed_at_};
  if (parts_.supervised) return Since{SinceKind::started, parts_.supervised->started_at};
  return since_of(snapshot, *changed_at_);
}

StatusFacts CurrentState::status_facts(dbus::Duration poll_interval) const {
  StatusFacts facts;
  facts.live = scrape_state();
  facts.snapshot = fresh();
  facts.since = since(facts.snapshot.get());
  facts.why_down = why_down(health_status());
  facts.poll_interval = poll_interval;
  facts.refresh_interval = parts_.options.poll_interval;
  facts.now = parts_.clock.wall();
  return facts;
}

}  // namespace ganesha::exporter
