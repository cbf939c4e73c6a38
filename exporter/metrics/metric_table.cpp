#include "exporter/metrics/metric_table.hpp"

#include <algorithm>

#include "exporter/metrics/labelled_samples.hpp"
#include "exporter/metrics/server_samples.hpp"
#include "exporter/model/sample_values.hpp"

namespace ganesha::exporter {
namespace {

using dbus::BasicIO;
using prometheus::MetricType;
using namespace samples;

// ---- live ----

void up(const ScrapeState& l, Samples& out) { out.add({}, flag(l.up)); }
void heartbeats(const ScrapeState& l, Samples& out) { out.add({}, count(l.heartbeats)); }
void last_heartbeat(const ScrapeState& l, Samples& out) {
  if (l.last_heartbeat) out.add({}, seconds(*l.last_heartbeat));
}
void owner_changes(const ScrapeState& l, Samples& out) { out.add({}, count(l.owner_changes)); }
void build_info(const ScrapeState& l, Samples& out) {
  out.add({{"version", l.version}, {"revision", l.revision}}, 1);
}
void dbus_connected(const ScrapeState& l, Samples& out) { out.add({}, flag(l.bus_connected)); }
void method_suspended(const ScrapeState& l, Samples& out) {
  for (const auto& method : l.suspended_methods) out.add({{"method", method}}, 1);
}

// Calls `add` with each enabled collector's name and its outcome in the last poll.
template <class Add>
void each_collector(const ScrapeState& l, Add add) {
  for (std::size_t i = 0; i < collectors.size(); ++i)
    if (l.enabled[i]) add(collectors[i].name, l.last_poll ? l.last_poll->outcomes[i] : CollectorOutcome{});
}

void collector_success(const ScrapeState& l, Samples& out) {
  each_collector(l, [&](std::string_view name, const CollectorOutcome& outcome) {
    if (outcome.supported) out.add({{"collector", name}}, flag(l.fresh && outcome.success));
  });
}

void collector_supported(const ScrapeState& l, Samples& out) {
  if (!l.last_poll) return;
  each_collector(l, [&](std::string_view name, const CollectorOutcome& outcome) {
    out.add({{"collector", name}}, flag(outcome.supported));
  });
}

void collector_duration(const ScrapeState& l, Samples& out) {
  if (!l.last_poll) return;
  each_collector(l, [&](std::string_view name, const CollectorOutcome& outcome) {
    if (outcome.supported) out.add({{"collector", name}}, seconds(outcome.duration));
  });
}

void poll_duration(const ScrapeState& l, Samples& out) {
  if (l.last_poll) out.add({}, seconds(l.last_poll->duration));
}
void last_poll(const ScrapeState& l, Samples& out) {
  if (l.last_poll) out.add({}, seconds(l.last_poll->taken));
}

constexpr auto counter = MetricType::Counter;
constexpr auto gauge = MetricType::Gauge;

constexpr std::string_view export_io =
    "GetNFSIO; GetNFSv3IO, GetNFSv40IO, GetNFSv41IO, GetNFSv42IO without it; Get9pIO";
constexpr std::string_view client_io = "GetNFSv3IO, GetNFSv40IO, GetNFSv41IO, GetNFSv42IO, Get9pIO";
constexpr std::string_view client_ops = "GetClientIOops, GetAllClientIOops";
constexpr std::string_view layout_methods = "GetNFSv41Layouts, GetNFSv42Layouts";
constexpr std::string_view full_methods = "GetFULLV3Stats, GetFULLV4Stats";
constexpr std::string_view mdcache_methods = "ShowMDCache; ShowCacheInode before 5.0";
constexpr std::string_view fd_methods = "ShowMDCache, ShowFDUsage";

// clang-format off
const Row<Snapshot> ganesha[] = {
  {"ganesha_info", gauge, "server", "VERSION_RELEASE", "2.5", "version",
   "Version of the Ganesha server; always 1.", info},
  {"ganesha_in_grace", gauge, "server", "get_grace", "2.5", "",
   "Whether the server is in its grace period, when clients may only reclaim their state.", in_grace},
  {"ganesha_stats_enabled", gauge, "server", "StatusStats", "2.7", "stats",
   "Whether the server counts these statistics.", stats_enabled},
  {"ganesha_stats_start_timestamp_seconds", gauge, "server", "StatusStats", "2.7", "stats",
   "When counting of these statistics began: server start, last reset or last enabling. Absent where the server "
   "does not know it, as 2.8 of a statistic that its configuration enables.", stats_start},

  {"ganesha_exports", gauge, "exports", "ShowExports", "2.5", "",
   "Number of exports, the pseudo root included.", number_of<&Snapshot::exports_known>},
  {"ganesha_exports_missing", gauge, "exports", "ShowExports", "2.5", "",
   "Number of exports of the configuration that the server does not serve. With --ganesha.run only, where the configuration could be read.",
   exports_missing},
  {"ganesha_export_requested_bytes_total", counter, "exports", export_io, "2.5", "export_id, path, protocol, operation",
   "Bytes that clients asked to read or write. Not told for reads by 6.0 to 6.5.",
   io<Exports, &BasicIO::requested_bytes, count, &Measured::requested>},
  {"ganesha_export_transferred_bytes_total", counter, "exports", export_io, "2.5", "export_id, path, protocol, operation",
   "Bytes really read or written.", io<Exports, &BasicIO::transferred_bytes, count>},
  {"ganesha_export_operations_total", counter, "exports", export_io, "2.5", "export_id, path, protocol, operation",
   "Read and write operations.", io<Exports, &BasicIO::operations, count>},
  {"ganesha_export_operation_errors_total", counter, "exports", export_io, "2.5", "export_id, path, protocol, operation",
   "Read and write operations that failed. NFSv3 counts only drops and stale handles.",
   io<Exports, &BasicIO::errors, count>},
  {"ganesha_export_operation_latency_seconds_total", counter, "exports", export_io, "2.5", "export_id, path, protocol, operation",
   "Time spent on read and write operations.",
   io<Exports, &BasicIO::latency_ns, nanoseconds, &Measured::latency>},
  {"ganesha_export_operation_queue_wait_seconds_total", counter, "exports", export_io, "2.5", "export_id, path, protocol, operation",
   "Time that read and write operations waited to be taken up. Not told from 2.8 on.",
   io<Exports, &BasicIO::queue_wait_ns, nanoseconds, &Measured::queue_wait>},
  {"ganesha_export_last_activity_timestamp_seconds", gauge, "exports", "ShowExports", "2.5", "export_id, path",
   "When the export was last used; absent if never.", last_activity<Exports>},
  {"ganesha_export_info", gauge, "exports", "DisplayExport", "2.5", "export_id, path, pseudo, tag, real_path",
   "Paths and tag of the export; always 1. Which paths they are depends on the server: docs/metrics.md has a table.", export_info},

  {"ganesha_export_other_operations_total", counter, "export_details", "GetExportDetails", "3.0", "export_id, path, protocol",
   "Operations other than reads and writes. For NFSv4.x operations and compounds are mixed.",
   other<Exports, &OtherRow::operations>},
  {"ganesha_export_other_operation_errors_total", counter, "export_details", "GetExportDetails", "3.0", "export_id, path, protocol",
   "Operations other than reads and writes that failed.", other<Exports, &OtherRow::errors>},
  {"ganesha_export_other_operation_latency_seconds_total", counter, "export_details", "GetExportDetails", "3.0", "export_id, path, protocol",
   "Time spent on operations other than reads and writes.", export_other_latency},
  {"ganesha_export_layout_operations_total", counter, "layouts", layout_methods, "2.5", "export_id, path, protocol, layout",
   "pNFS layout operations. Recalls are never counted.",
   layouts<Exports, &dbus::LayoutOperations::operations>},
  {"ganesha_export_layout_operation_errors_total", counter, "layouts", layout_methods, "2.5", "export_id, path, protocol, layout",
   "pNFS layout operations that failed.", layouts<Exports, &dbus::LayoutOperations::errors>},
  {"ganesha_export_layout_operation_delays_total", counter, "layouts", layout_methods, "2.5", "export_id, path, protocol, layout",
   "pNFS layout operations that the client was told to repeat later.",
   layouts<Exports, &dbus::LayoutOperations::delays>},

  {"ganesha_clients", gauge, "clients", "ShowClients", "2.5", "",
   "Number of clients that the server knows; it never forgets one.", number_of<&Snapshot::clients_known>},
  {"ganesha_clients_active", gauge, "clients", "ShowClients", "2.5", "",
   "Number of clients seen in the last 5 minutes.", number_of<&Snapshot::clients_active>},
  {"ganesha_exporter_clients_dropped", gauge, "clients", "", "", "",
   "Clients left out by --collector.clients.max: the ones that have been idle longest.",
   number_of<&Snapshot::clients_dropped>},
  {"ganesha_client_requested_bytes_total", counter, "clients", client_io, "2.5", "client, protocol, operation",
   "Bytes that the client asked to read or write. Not told for reads by 6.0 to 6.5.",
   io<Clients, &BasicIO::requested_bytes, count, &Measured::requested>},
  {"ganesha_client_transferred_bytes_total", counter, "clients", client_io, "2.5", "client, protocol, operation",
   "Bytes really read or written.", io<Clients, &BasicIO::transferred_bytes, count>},
  {"ganesha_client_operations_total", counter, "clients", client_io, "2.5", "client, protocol, operation",
   "Read and write operations.", io<Clients, &BasicIO::operations, count>},
  {"ganesha_client_operation_errors_total", counter, "clients", client_io, "2.5", "client, protocol, operation",
   "Read and write operations that failed. NFSv3 counts only drops and stale handles.",
   io<Clients, &BasicIO::errors, count>},
  {"ganesha_client_operation_latency_seconds_total", counter, "clients", client_io, "2.5", "client, protocol, operation",
   "Time spent on read and write operations. Not told from 3.0 on.",
   io<Clients, &BasicIO::latency_ns, nanoseconds, &Measured::latency>},
  {"ganesha_client_operation_queue_wait_seconds_total", counter, "clients", client_io, "2.5", "client, protocol, operation",
   "Time that read and write operations waited to be taken up. Not told from 2.8 on.",
   io<Clients, &BasicIO::queue_wait_ns, nanoseconds, &Measured::queue_wait>},
  {"ganesha_client_last_activity_timestamp_seconds", gauge, "clients", "ShowClients", "2.5", "client",
   "When the client was last seen; absent if never.", last_activity<Clients>},
  {"ganesha_client_state", gauge, "clients", "ShowClients", "6.0", "client, state",
   "Opens, locks and delegations that the client holds now.", client_state},

  {"ganesha_client_other_operations_total", counter, "client_ops", client_ops, "3.0", "client, protocol",
   "Operations other than reads and writes. For NFSv4.x operations and compounds are mixed.",
   other<Clients, &OtherRow::operations>},
  {"ganesha_client_other_operation_errors_total", counter, "client_ops", client_ops, "3.0", "client, protocol",
   "Operations other than reads and writes that failed.", other<Clients, &OtherRow::errors>},
  {"ganesha_client_layout_operations_total", counter, "layouts", layout_methods, "2.5", "client, protocol, layout",
   "pNFS layout operations. Recalls are never counted.",
   layouts<Clients, &dbus::LayoutOperations::operations>},
  {"ganesha_client_layout_operation_errors_total", counter, "layouts", layout_methods, "2.5", "client, protocol, layout",
   "pNFS layout operations that failed.", layouts<Clients, &dbus::LayoutOperations::errors>},
  {"ganesha_client_layout_operation_delays_total", counter, "layouts", layout_methods, "2.5", "client, protocol, layout",
   "pNFS layout operations that the client was told to repeat later.",
   layouts<Clients, &dbus::LayoutOperations::delays>},
  {"ganesha_client_delegation_grants_and_returns_total", counter, "delegations", "GetDelegations", "2.5", "client",
   "Delegations granted plus delegations returned: the server counts both in one.",
   delegations<&dbus::Delegations::grants_and_returns>},
  {"ganesha_client_delegation_recalls_total", counter, "delegations", "GetDelegations", "2.5", "client",
   "Delegations that the server asked back.", delegations<&dbus::Delegations::recalls>},
  {"ganesha_client_delegation_failed_recalls_total", counter, "delegations", "GetDelegations", "2.5", "client",
   "Delegations that the server asked back in vain.", delegations<&dbus::Delegations::failed_recalls>},
  {"ganesha_client_delegation_revokes_total", counter, "delegations", "GetDelegations", "2.5", "client",
   "Delegations that the server took away.", delegations<&dbus::Delegations::revokes>},
  {"ganesha_client_procedure_calls_total", counter, "client_procedures", "GetAllClientAllops", "15.2", "client, protocol, procedure",
   "Calls of the client by procedure. Needs Enable_CLNT_AllOps_Stats. Older servers have no safe call for it.",
   client_procedures<&dbus::ClientProcedure::calls>},
  {"ganesha_client_procedure_errors_total", counter, "client_procedures", "GetAllClientAllops", "15.2", "client, protocol, procedure",
   "Calls of the client that failed, by procedure.", client_procedures<&dbus::ClientProcedure::errors>},
  {"ganesha_client_procedure_duplicates_total", counter, "client_procedures", "GetAllClientAllops", "15.2", "client, protocol, procedure",
   "Calls of the client that were sent twice, by procedure. Not told for NFSv4.", client_duplicates},

  {"ganesha_operations_total", counter, "operations", "GetGlobalOPS", "2.5", "protocol",
   "Operations by protocol. For NFSv4.x these are operations, not compounds; MNT stays 0 from 3.0 on.",
   operations},
  {"ganesha_procedure_calls_total", counter, "procedures", "GetFastOPS", "2.5", "protocol, procedure",
   "Calls by procedure; absent for one that was never called. Asked only where that cannot crash the server: "
   "docs/calls.md.", procedures},
  {"ganesha_procedure_timed_calls_total", counter, "procedures_detailed", full_methods, "2.8", "protocol, procedure",
   "Calls by procedure, since timing was enabled. Needs Enable_FULLV3_Stats or Enable_FULLV4_Stats.",
   timed<&dbus::TimedProcedure::calls>},
  {"ganesha_procedure_timed_errors_total", counter, "procedures_detailed", full_methods, "2.8", "protocol, procedure",
   "Calls that failed, by procedure.", timed<&dbus::TimedProcedure::errors>},
  {"ganesha_procedure_timed_duplicates_total", counter, "procedures_detailed", full_methods, "2.8", "protocol, procedure",
   "Calls that were sent twice, by procedure. Not told for NFSv4.", timed_duplicates},
  {"ganesha_procedure_latency_seconds_total", counter, "procedures_detailed", full_methods, "2.8", "protocol, procedure",
   "Time spent by procedure.", timed_latency<latency_sum>},
  {"ganesha_procedure_latency_min_seconds", gauge, "procedures_detailed", full_methods, "2.8", "protocol, procedure",
   "Shortest time of one call since the last reset, by procedure.", timed_latency<latency_min>},
  {"ganesha_procedure_latency_max_seconds", gauge, "procedures_detailed", full_methods, "2.8", "protocol, procedure",
   "Longest time of one call since the last reset, by procedure.", timed_latency<latency_max>},

  {"ganesha_auth_requests_total", counter, "auth", "GetAuthStats", "2.8.1", "source",
   "Requests for groups and names. Needs Enable_AUTH_Stats.", auth_requests},
  {"ganesha_auth_latency_seconds_total", counter, "auth", "GetAuthStats", "2.8.1", "source",
   "Time spent on requests for groups and names.", auth_latency<latency_sum>},
  {"ganesha_auth_latency_min_seconds", gauge, "auth", "GetAuthStats", "2.8.1", "source",
   "Shortest time of one request since the last reset.", auth_latency<latency_min>},
  {"ganesha_auth_latency_max_seconds", gauge, "auth", "GetAuthStats", "2.8.1", "source",
   "Longest time of one request since the last reset.", auth_latency<latency_max>},

  {"ganesha_mdcache_hits_total", counter, "mdcache", mdcache_methods, "2.5", "",
   "Entries found in the metadata cache. Misses are not counted: there is no hit ratio.",
   mdcache<&dbus::MdCache::hits>},
  {"ganesha_mdcache_adds_total", counter, "mdcache", mdcache_methods, "2.5", "",
   "Entries added to the metadata cache.", mdcache<&dbus::MdCache::adds>},
  {"ganesha_mdcache_mappings_total", counter, "mdcache", mdcache_methods, "2.5", "",
   "Mappings of entries to exports made.", mdcache<&dbus::MdCache::mappings>},
  {"ganesha_mdcache_entries", gauge, "mdcache", mdcache_methods, "3.3", "",
   "Entries in the metadata cache now.", mdcache_now<&dbus::MdCache::entries>},
  {"ganesha_mdcache_chunks", gauge, "mdcache", mdcache_methods, "3.3", "",
   "Chunks of directories in the metadata cache now.", mdcache_now<&dbus::MdCache::chunks>},
  {"ganesha_open_fds", gauge, "mdcache fds", fd_methods, "3.3", "kind",
   "Files that the server holds open, but for those that belong to an open or lock of a client: their number in "
   "the server only grows.", open_fds},
  {"ganesha_fd_limit", gauge, "mdcache fds", fd_methods, "3.3", "limit",
   "Limits of open files: the system's and those at which the server closes idle ones.", fd_limits},
  {"ganesha_fd_state", gauge, "mdcache fds", fd_methods, "3.3", "state",
   "Where the number of open files stands; 1 for the present state, 0 for the others.", fd_state},

  {"ganesha_fsal_operations_total", counter, "fsal", "GetFSALStats", "2.6", "fsal, operation",
   "Operations of the file system. Needs Enable_FSAL_Stats and GPFS.", fsal_operations},
  {"ganesha_fsal_operation_latency_seconds_total", counter, "fsal", "GetFSALStats", "2.6", "fsal, operation",
   "Time spent on operations of the file system.", fsal_latency<latency_sum>},
  {"ganesha_fsal_operation_latency_min_seconds", gauge, "fsal", "GetFSALStats", "2.6", "fsal, operation",
   "Shortest time of one operation since the last reset.", fsal_latency<latency_min>},
  {"ganesha_fsal_operation_latency_max_seconds", gauge, "fsal", "GetFSALStats", "2.6", "fsal, operation",
   "Longest time of one operation since the last reset.", fsal_latency<latency_max>},

  {"ganesha_drc_entries", gauge, "drc", "get_drc_info", "15.2", "",
   "Entries in all duplicate request caches.", drc<&dbus::DrcInfo::entries>},
  {"ganesha_drcs", gauge, "drc", "get_drc_info", "15.2", "",
   "Duplicate request caches.", drc<&dbus::DrcInfo::drcs>},
  {"ganesha_inactive_drcs", gauge, "drc", "get_drc_info", "15.2", "",
   "Duplicate request caches without a connection.", drc<&dbus::DrcInfo::inactive_drcs>},
};

const Row<ScrapeState> live[] = {
  {"ganesha_up", gauge, "", "heartbeat", "2.5", "",
   "1 while Ganesha is on the bus and its heartbeat is younger than --heartbeat.timeout.", up},
  {"ganesha_heartbeats_total", counter, "", "heartbeat", "2.5", "",
   "Healthy heartbeats received.", heartbeats},
  {"ganesha_last_heartbeat_timestamp_seconds", gauge, "", "heartbeat", "2.5", "",
   "When the last healthy heartbeat was received; absent before the first.", last_heartbeat},
  {"ganesha_owner_changes_total", counter, "", "NameOwnerChanged", "2.5", "",
   "How often another process took Ganesha's name on the bus: a restart counts one.", owner_changes},

  {"ganesha_exporter_build_info", gauge, "", "", "", "version, revision",
   "Version of the exporter; always 1.", build_info},
  {"ganesha_exporter_collector_success", gauge, "", "", "", "collector",
   "Whether the collector got all it asked for in the last poll.", collector_success},
  {"ganesha_exporter_collector_supported", gauge, "", "", "", "collector",
   "Whether this server has the methods that the collector calls.", collector_supported},
  {"ganesha_exporter_collector_duration_seconds", gauge, "", "", "", "collector",
   "How long the collector took in the last poll.", collector_duration},
  {"ganesha_exporter_poll_duration_seconds", gauge, "", "", "", "",
   "How long the last poll took.", poll_duration},
  {"ganesha_exporter_last_poll_timestamp_seconds", gauge, "", "", "", "",
   "When the last poll ended.", last_poll},
  {"ganesha_exporter_dbus_connected", gauge, "", "", "", "",
   "Whether the exporter is connected to the bus.", dbus_connected},
  {"ganesha_exporter_method_suspended", gauge, "", "", "", "method",
   "1 for each DBus method that is not called any more, because Ganesha ended three times while it was called.",
   method_suspended},
};
// clang-format on

}  // namespace

void Samples::add(Labels labels, double value) {
  auto& metric = metrics_.emplace_back();
  metric.label.reserve(labels.size());
  for (const auto& [name, text] : labels) metric.label.push_back({std::string(name), std::string(text)});
  if (type_ == MetricType::Counter)
    metric.counter.value = value;
  else
    metric.gauge.value = value;
}

CollectorSet collectors_of(const Row<Snapshot>& row) {
  CollectorSet set;
  auto names = row.collector;
  while (!names.empty()) {
    const auto end = std::min(names.find(' '), names.size());
    set.set(collector_index(names.substr(0, end)));
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return set;
}

std::span<const Row<Snapshot>> ganesha_rows() { return ganesha; }
std::span<const Row<ScrapeState>> live_rows() { return live; }

}  // namespace ganesha::exporter
