// The server's version, grace period, which statistics it collects, and how much of its own page is unknown.
#include "exporter/metrics/server_metrics.hpp"
#include "exporter/model/sample_values.hpp"

namespace ganesha::exporter {
namespace {

void info(const Snapshot& s, Samples& out) {
  if (s.version) out.add({{"version", *s.version}}, 1);
}

void in_grace(const Snapshot& s, Samples& out) {
  if (s.in_grace) out.add({}, bool_sample(*s.in_grace));
}

void stats_enabled(const Snapshot& s, Samples& out) {
  if (!s.stats) return;
  for (const auto& one : *s.stats) out.add({{"stats", one.name}}, bool_sample(one.enabled));
}

void stats_start(const Snapshot& s, Samples& out) {
  if (!s.stats) return;
  for (const auto& one : *s.stats)
    if (has_start(one)) out.add({{"stats", one.name}}, seconds(one.since));
}

void unknown_families(const Snapshot& s, Samples& out) {
  if (s.built_in) out.add({}, to_sample(s.built_in->unknown.size()));
}

constexpr auto server = set_of({CollectorId::server});
constexpr Origin version{server, "VERSION_RELEASE", "2.5"};
constexpr Origin grace{server, "get_grace", "2.5"};
constexpr Origin status_stats{server, "StatusStats", "2.7"};
constexpr Origin built_in{set_of({CollectorId::built_in}), "exporter", any_version};

}  // namespace

// clang-format off
SnapshotRows status_rows() {
  return {
    {"ganesha_info", gauge, version, "version",
     "Version of the Ganesha server; always 1.", info},
    {"ganesha_in_grace", gauge, grace, "",
     "Whether the server is in its grace period, in which clients can only reclaim state.", in_grace},
    {"ganesha_stats_enabled", gauge, status_stats, "stats",
     "Whether the server collects these statistics.", stats_enabled},
    {"ganesha_stats_start_timestamp_seconds", gauge, status_stats, "stats",
     "When the server started to collect these statistics: at its start, at the last reset or when they were "
     "last enabled. Absent if the server does not know it, as 2.8 for statistics that its configuration "
     "enables.",
     stats_start},
    {"ganesha_exporter_built_in_families_unknown", gauge, built_in, "",
     "Metric families of the server's own page that this version of the exporter does not know. They are not "
     "shown; the log names each once.",
     unknown_families},
  };
}
// clang-format on

}  // namespace ganesha::exporter
