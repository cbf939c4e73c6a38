// The samples of the server as a whole. What the rows of the stat table call.
#pragma once

#include <optional>
#include <string_view>

#include "exporter/metrics/metric_table.hpp"
#include "exporter/model/sample_values.hpp"

namespace ganesha::exporter::samples {

inline void info(const Snapshot& s, Samples& out) {
  if (s.version) out.add({{"version", *s.version}}, 1);
}

inline void in_grace(const Snapshot& s, Samples& out) {
  if (s.in_grace) out.add({}, flag(*s.in_grace));
}

inline void stats_enabled(const Snapshot& s, Samples& out) {
  if (!s.stats) return;
  for (const auto& one : *s.stats) out.add({{"stats", one.name}}, flag(one.enabled));
}

inline void stats_start(const Snapshot& s, Samples& out) {
  if (!s.stats) return;
  for (const auto& one : *s.stats)
    if (one.enabled && one.since != dbus::Timestamp{}) out.add({{"stats", one.name}}, seconds(one.since));
}

inline void operations(const Snapshot& s, Samples& out) {
  if (!s.operations) return;
  for (const auto& one : *s.operations) out.add({{"protocol", one.protocol}}, count(one.operations));
}

inline void procedures(const Snapshot& s, Samples& out) {
  if (!s.procedures) return;
  for (const auto& one : *s.procedures)
    out.add({{"protocol", one.protocol}, {"procedure", one.procedure}}, count(one.calls));
}

// Calls figure(procedure) for each procedure that is timed.
template <class Figure>
void each_timed(const Snapshot& s, Samples& out, Figure figure) {
  if (!s.timed_procedures) return;
  for (const auto& row : *s.timed_procedures)
    if (const std::optional<double> value = figure(row.procedure))
      out.add({{"protocol", row.protocol}, {"procedure", row.procedure.procedure}}, *value);
}

template <auto Figure>
void timed(const Snapshot& s, Samples& out) {
  each_timed(s, out, [](const dbus::TimedProcedure& one) { return count(one.*Figure); });
}

inline void timed_duplicates(const Snapshot& s, Samples& out) {
  each_timed(s, out, [](const dbus::TimedProcedure& one) {
    return one.duplicates ? std::optional(count(*one.duplicates)) : std::nullopt;
  });
}

inline double latency_sum(const dbus::Latency& latency) { return nanoseconds(latency.sum_ns); }
inline double latency_min(const dbus::Latency& latency) { return latency.min_seconds; }
inline double latency_max(const dbus::Latency& latency) { return latency.max_seconds; }

template <auto Part>
void timed_latency(const Snapshot& s, Samples& out) {
  each_timed(s, out, [](const dbus::TimedProcedure& one) { return Part(one.latency); });
}

inline void auth_requests(const Snapshot& s, Samples& out) {
  if (!s.auth) return;
  for (const auto& one : *s.auth) out.add({{"source", one.source}}, count(one.requests));
}

template <auto Part>
void auth_latency(const Snapshot& s, Samples& out) {
  if (!s.auth) return;
  for (const auto& one : *s.auth) out.add({{"source", one.source}}, Part(one.latency));
}

template <auto Figure>
void mdcache(const Snapshot& s, Samples& out) {
  if (s.mdcache) out.add({}, count((*s.mdcache).*Figure));
}

// Told from 3.3 on.
template <auto Figure>
void mdcache_now(const Snapshot& s, Samples& out) {
  if (s.mdcache && s.mdcache->system_limit) out.add({}, count((*s.mdcache).*Figure));
}

inline void open_fds(const Snapshot& s, Samples& out) {
  if (s.mdcache && s.mdcache->system_limit) out.add({{"kind", "fsal"}}, count(s.mdcache->fsal_fds));
  if (s.fds) out.add({{"kind", "global"}}, count(s.fds->global_fds));
}

inline void fd_limits(const Snapshot& s, Samples& out) {
  const auto system = s.fds       ? std::optional(s.fds->system_limit)
                      : s.mdcache ? s.mdcache->system_limit
                                  : std::nullopt;
  if (system) out.add({{"limit", "system"}}, count(*system));
  if (!s.fds) return;
  out.add({{"limit", "low_mark"}}, count(s.fds->low_mark));
  out.add({{"limit", "high_mark"}}, count(s.fds->high_mark));
  out.add({{"limit", "hard"}}, count(s.fds->hard_limit));
}

inline void fd_state(const Snapshot& s, Samples& out) {
  const auto state = s.fds ? s.fds->fd_state : s.mdcache ? s.mdcache->fd_state : std::string_view{};
  if (state.empty()) return;
  for (const std::string_view one : {"below_low", "below_high", "above_high", "hard_limit"})
    out.add({{"state", one}}, flag(one == state));
}

template <auto Figure>
void drc(const Snapshot& s, Samples& out) {
  if (s.drc) out.add({}, count((*s.drc).*Figure));
}

template <class Figure>
void each_fsal(const Snapshot& s, Samples& out, Figure figure) {
  if (!s.fsal) return;
  for (const auto& one : s.fsal->operations)
    out.add({{"fsal", s.fsal->fsal}, {"operation", one.procedure}}, figure(one));
}

inline void fsal_operations(const Snapshot& s, Samples& out) {
  each_fsal(s, out, [](const dbus::TimedProcedure& one) { return count(one.calls); });
}

template <auto Part>
void fsal_latency(const Snapshot& s, Samples& out) {
  each_fsal(s, out, [](const dbus::TimedProcedure& one) { return Part(one.latency); });
}

}  // namespace ganesha::exporter::samples
