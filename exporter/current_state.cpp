#include "exporter/current_state.hpp"

#include <utility>

#include "exporter/model/service_status.hpp"

namespace ganesha::exporter {

void CurrentState::went_up() { changed_at_ = parts_.clock.wall(); }

std::string CurrentState::went_down() {
  changed_at_ = parts_.clock.wall();
  const auto missing = missing_sign();
  if (!missing.empty()) return last_error_ = missing;
  // What happened to the bus is the last error already.
  if (!parts_.bus.connected()) return "not connected to DBus";
  return last_error_ = parts_.bus.owner().empty() ? "bus name released" : "heartbeat timeout";
}

// Where no heartbeat is expected, and the bus, if there is one, shows the server.
std::string CurrentState::missing_sign() const {
  const auto& options = parts_.options;
  const bool expects_heartbeat = options.has_bus && options.heartbeat_timeout.count() > 0;
  if (expects_heartbeat || (options.has_bus && parts_.bus.owner().empty())) return {};
  return parts_.bus.holds_calls() ? std::string(calls_are_held) : exporter::missing_sign(parts_.life.signs());
}

ServerView CurrentState::server() const {
  return {parts_.life.up(), parts_.bus.owner_generation(), parts_.clock.now()};
}

ScrapeState CurrentState::scrape_state() const {
  const auto& [options, build, clock, bus, life, freshness, pages, log, web, supervised] = parts_;
  ScrapeState state;
  state.up = life.up();
  state.fresh = fresh() != nullptr;
  state.signs = life.signs();
  if (const auto beats = life.heartbeats()) {
    state.heartbeats = beats->count;
    state.last_heartbeat = beats->last;
  }
  if (options.has_bus) {
    state.owner_changes = bus.owner_changes();
    state.bus_connected = bus.connected();
  }
  state.enabled = options.enabled;
  state.last_poll = freshness.last_poll();
  if (pages) state.last_fetch = pages->last_taken();
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
  status.up = parts_.life.up();
  status.owned = !parts_.bus.owner().empty();
  status.bus_connected = parts_.bus.connected();
  if (supervised) status.lost = why_lost(*supervised, status.up, parts_.clock.now());
  if (supervised) status.waits_for = supervised->not_ready();
  status.missing_sign = missing_sign();
  // Without a bus no collector that is on by default is supported.
  const auto expected = parts_.options.has_bus ? parts_.options.enabled : CollectorSet{};
  status.ready = snapshot && poll_succeeded(*snapshot, expected) && (!supervised || supervised->ready);
  const auto beats = parts_.life.heartbeats();
  if (beats && beats->seen)
    status.seconds_since_heartbeat = std::chrono::duration<double>(parts_.clock.now() - *beats->seen).count();
  if (!status.up && parts_.options.has_bus) status.last_error = last_error_;
  return status;
}

std::string CurrentState::service_status() const {
  return exporter::service_status(health_status(), fresh().get());
}

std::optional<Since> CurrentState::since(const Snapshot* snapshot) const {
  if (!changed_at_) return std::nullopt;
  if (!parts_.life.up()) return Since{SinceKind::down, *changed_at_};
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
