#include "exporter/model/built_in_families.hpp"

#include <algorithm>
#include <map>

namespace ganesha::exporter {
namespace {

using Type = BuiltInType;
using Unit = BuiltInUnit;
using Value = BuiltInValue;
using Labels = std::vector<BuiltInLabel>;

const BuiltInLabel export_id{"export_id", "export", Value::export_id};
const BuiltInLabel path{"path", "path", Value::path};
const BuiltInLabel operation{"operation", "operation"};
const BuiltInLabel procedure{"procedure", "operation", Value::upper_case};
const BuiltInLabel v4_protocol{"protocol", "", Value::nfsv4};
const BuiltInLabel v4_procedure{"procedure", "op", Value::upper_case};
const BuiltInLabel status{"status", "status"};
const BuiltInLabel entity{"entity", "cache_entity", Value::lower_case};
const BuiltInLabel result{"result", "result", Value::lower_case};
const BuiltInLabel gss_service{"gss_service", "svc"};

const Labels by_operation{operation};
const Labels by_export_operation{export_id, path, operation};
const Labels by_export_procedure{export_id, path, procedure};
const Labels by_procedure{{"protocol", "operation", Value::protocol_of_procedure}, procedure};
const Labels v4_by_procedure{v4_protocol, v4_procedure};
const Labels idmapping{{"operation", "op"}, status, {"utility", "utility"}};

const BuiltInLabel client{"client", "client", Value::client};
const BuiltInLabel nfs_protocol{"protocol", "", Value::nfs};
const Labels bytes_by_export{export_id, path, nfs_protocol, operation};
const Labels bytes_by_client{client, nfs_protocol, operation};

using Families = std::vector<BuiltInFamily>;

// clang-format off
// What Enable_Dynamic_Metrics switches, from 5.0 on.
Families dynamic_families() {
  return {
    {"nfs_latency_ms", Type::Histogram, "ganesha_procedure_duration_seconds", "5.0", by_procedure,
     "Duration of calls by procedure. The server measures whole milliseconds: what takes less than one is in the "
     "first bucket. protocol is NFS for a procedure of both versions, which older servers do not distinguish. Newer "
     "ones distinguish NFSv4; then ganesha_export_procedure_duration_seconds alone has the reads and writes of "
     "NFSv3. Each protocol has buckets of its own: a quantile can be had of one protocol only.", Unit::milliseconds, "nfsv4__op_latency"},
    {"nfs_latency_ms_by_export", Type::Histogram, "ganesha_export_procedure_duration_seconds", "5.0",
     by_export_procedure,
     "Duration of calls by export and procedure, in whole milliseconds: what takes less than one is in the first "
     "bucket.", Unit::milliseconds},
    {"nfs_requests_by_export_total", Type::Counter, "ganesha_export_procedure_calls_total", "5.0",
     by_export_procedure, "Calls by export and procedure."},
    {"nfs_errors_total", Type::Counter, "ganesha_procedure_results_total", "5.0",
     {{"protocol", "version", Value::protocol_of_version}, procedure, status},
     "Calls by procedure and status, such as NFS4ERR_NOENT; successful ones too.", Unit::same, "nfsv4__op_count"},
    {"nfs_request_size_bytes", Type::Histogram, "ganesha_request_size_bytes", "5.0", by_operation,
     "Bytes that clients requested to read or write, by request."},
    {"nfs_response_size_bytes", Type::Histogram, "ganesha_response_size_bytes", "5.0", by_operation,
     "Bytes that requests to write wrote. The server records 0 for each request to read."},
    {"nfs_request_size_by_export_bytes", Type::Histogram, "ganesha_export_request_size_bytes", "5.0",
     by_export_operation, "Bytes that clients requested to read or write, by request."},
    {"nfs_response_size_by_export_bytes", Type::Histogram, "ganesha_export_response_size_bytes", "5.0",
     by_export_operation,
     "Bytes that requests to write wrote. The server records 0 for each request to read."},
    {"mdcache_cache_hits_total", Type::Counter, "ganesha_mdcache_operation_hits_total", "5.0", by_operation,
     "Metadata cache hits by operation, for the hit ratio: ganesha_mdcache_hits_total counts others too."},
    {"mdcache_cache_misses_total", Type::Counter, "ganesha_mdcache_misses_total", "5.0", by_operation,
     "Metadata cache misses by operation."},
    {"mdcache_cache_hits_by_export_total", Type::Counter, "ganesha_export_mdcache_hits_total", "5.0",
     by_export_operation, "Metadata cache hits by export and operation."},
    {"mdcache_cache_misses_by_export_total", Type::Counter, "ganesha_export_mdcache_misses_total", "5.0",
     by_export_operation, "Metadata cache misses by export and operation."},

    {"nfs_requests_total", Type::Counter, "", "5.0", {},
     "the sum of `ganesha_procedure_results_total` over the statuses"},
    {"nfs_bytes_received_total", Type::Counter, "", "5.0", {},
     "bytes that were read: the sum of `ganesha_export_transferred_bytes_total`"},
    {"nfs_bytes_sent_total", Type::Counter, "", "5.0", {},
     "bytes that were written: the sum of `ganesha_export_transferred_bytes_total`"},
    {"nfs_bytes_received_by_export_total", Type::Counter, "", "5.0", bytes_by_export,
     "bytes that were read: `ganesha_export_transferred_bytes_total` has them by protocol", Unit::same, {},
     "ganesha_export_transferred_bytes_total"},
    {"nfs_bytes_sent_by_export_total", Type::Counter, "", "5.0", bytes_by_export,
     "bytes that were written: `ganesha_export_transferred_bytes_total` has them by protocol", Unit::same, {},
     "ganesha_export_transferred_bytes_total"},
    {"client_requests_total", Type::Counter, "", "5.0",
     {client, {"protocol", "operation", Value::protocol_of_procedure}, procedure},
     "`ganesha_client_procedure_calls_total` has it by protocol", Unit::same, {},
     "ganesha_client_procedure_calls_total"},
    {"client_bytes_received_total", Type::Counter, "", "5.0", bytes_by_client,
     "bytes that were read: `ganesha_client_transferred_bytes_total` has them by protocol", Unit::same, {},
     "ganesha_client_transferred_bytes_total"},
    {"client_bytes_sent_total", Type::Counter, "", "5.0", bytes_by_client,
     "bytes that were written: `ganesha_client_transferred_bytes_total` has them by protocol", Unit::same, {},
     "ganesha_client_transferred_bytes_total"},
    {"last_client_update", Type::Gauge, "", "5.0", {client},
     "`ganesha_client_last_activity_timestamp_seconds` has it", Unit::same, {},
     "ganesha_client_last_activity_timestamp_seconds"},
  };
}

// Of the layer below NFS: RPC calls, connections, authentication, threads.
Families rpc_families() {
  return {
    {"rpcs_received_total", Type::Counter, "ganesha_rpcs_received_total", "5.0", {}, "RPC calls received."},
    {"rpcs_completed_total", Type::Counter, "ganesha_rpcs_completed_total", "5.0", {}, "RPC calls completed."},
    {"rpcs_in_flight", Type::Gauge, "ganesha_rpcs_in_flight", "5.0", {},
     "RPC calls that are received or in progress."},
    {"Threads_currently_scheduled", Type::Gauge, "ganesha_worker_threads_busy", "15.2", {},
     "Worker threads in use."},
    {"threads_schedulable", Type::Gauge, "ganesha_worker_threads_max", "15.2", {},
     "Worker threads that can be in use at most."},
    {"libntirpc__tcp_connections_count", Type::Gauge, "ganesha_tcp_connections", "15.2", {},
     "Open TCP connections."},
    {"libntirpc__svc_auth_request_latency", Type::Histogram, "ganesha_rpc_auth_duration_seconds", "15.2",
     {{"status", "auth_status"}, {"flavor", "sec_flavor"}},
     "Duration of the authentication of an RPC call, by its status and security flavor.", Unit::microseconds},
    {"libntirpc__gss_svc_auth_steps_latency", Type::Histogram, "ganesha_gss_step_duration_seconds", "15.2",
     {{"step", "auth_step"}, {"status", "step_status"}, gss_service},
     "Duration of the steps of authentication by GSS (Kerberos).", Unit::microseconds},
    {"libntirpc__gss_svc_auth_ops_latency", Type::Histogram, "ganesha_gss_operation_duration_seconds", "15.2",
     {{"operation", "op"}, gss_service},
     "Duration of the operations of authentication by GSS (Kerberos).", Unit::microseconds},
    {"nfsv4__dropped_gss_requests_count", Type::Counter, "ganesha_gss_dropped_requests_total", "6.4", {},
     "Requests with GSS authentication that were dropped."},
    {"connection_manager__clients", Type::Gauge, "ganesha_connection_manager_clients", "6.0",
     {{"state", "state", Value::lower_case}}, "Clients of the connection manager, by state."},
    {"connection_manager__connection_started_latencies", Type::Histogram,
     "ganesha_connection_manager_start_duration_seconds", "6.0", {result},
     "Duration of the connection manager's start of a connection, by its result, in whole milliseconds.",
     Unit::milliseconds},
    {"connection_manager__drain_local_client_latencies", Type::Histogram,
     "ganesha_connection_manager_drain_duration_seconds", "6.0", {result},
     "Duration of the draining of a client's connections, by its result, in whole milliseconds.",
     Unit::milliseconds},
    {"xprt__per_custom_data_status_count", Type::Counter, "ganesha_transport_associations_total", "6.5",
     {{"status", "status", Value::lower_case}},
     "Changes of the association of connections with NFSv4 sessions, by the status that they led to."},
    {"xprt__sessions_count", Type::Histogram, "ganesha_transport_sessions", "6.5", {},
     "NFSv4.1 sessions by connection."},
  };
}

Families v4_families() {
  return {
    {"nfsv4__op_latency", Type::Histogram, "ganesha_procedure_duration_seconds", "6.0", v4_by_procedure,
     "", Unit::milliseconds},
    {"nfsv4__op_count", Type::Counter, "ganesha_procedure_results_total", "6.0",
     {v4_protocol, v4_procedure, status}, ""},
    {"compound__latency", Type::Histogram, "ganesha_compound_duration_seconds", "6.0", {status},
     "Duration of NFSv4 compounds by status, in whole milliseconds: what takes less than one is in the first "
     "bucket.", Unit::milliseconds},
    {"compound__ops_count", Type::Histogram, "ganesha_compound_operations", "6.0", {},
     "Operations by NFSv4 compound."},
    {"clients__confirmed_count", Type::Gauge, "ganesha_clients_confirmed", "6.5", {},
     "NFSv4 clients whose client ID is confirmed."},
    {"clients__lease_expire_count", Type::Counter, "ganesha_lease_expiries_total", "6.5", {},
     "Leases of NFSv4 clients that expired."},
    {"clients__per_state_protection_count", Type::Counter, "ganesha_state_protection_clients_total", "6.5",
     {{"protection", "sp_how"}}, "NFSv4.1 clients that were registered, by the kind of state protection."},
    {"locks__count", Type::Gauge, "ganesha_locks", "6.5", {{"kind", "lock_type"}},
     "Locks that are held (holders) and waited for (waiters)."},
    {"session__connections_count", Type::Histogram, "ganesha_session_connections", "6.5", {},
     "Connections by NFSv4.1 session."},
    {"session__denied_xprt_associations_count", Type::Counter, "ganesha_session_denied_connections_total", "6.5",
     {}, "Connections that were denied the association with an NFSv4.1 session."},
  };
}

Families idmapping_families() {
  return {
    {"idmapping__external_request_latency", Type::Histogram, "ganesha_idmapping_request_duration_seconds", "6.0",
     idmapping, "Duration of requests to other services for the mapping of users and groups, in whole "
     "milliseconds.", Unit::milliseconds},
    {"idmapping__resolutions_total", Type::Counter, "ganesha_idmapping_resolutions_total", "7.0", idmapping,
     "Users and groups that were resolved, by operation, status and service."},
    {"idmapping__failures_total", Type::Counter, "ganesha_idmapping_failures_total", "6.0",
     {{"operation", "op"}, {"utility", "utility"}},
     "Failures to resolve users and groups, by operation and service. Newer servers count them in "
     "ganesha_idmapping_resolutions_total."},
    {"idmapping__cache_uses_total", Type::Counter, "ganesha_idmapping_cache_uses_total", "6.0",
     {{"cache", "cache"}, {"result", "hit", Value::hit_or_miss}},
     "Lookups in the caches of users and groups, by result: hit or miss."},
    {"idmapping__cache_entries_total", Type::Gauge, "ganesha_idmapping_cache_entries", "7.0", {entity},
     "Entries in the caches of users and groups."},
    {"idmapping__cache_entries_reaped_total", Type::Counter, "ganesha_idmapping_cache_reaped_entries_total",
     "7.0", {entity}, "Entries that were removed from the caches of users and groups."},
    {"idmapping__evicted_entries_cached_duration", Type::Histogram, "ganesha_idmapping_evicted_entry_age_seconds",
     "6.0", {entity}, "Age of entries when they were evicted from the caches of users and groups, in whole "
     "minutes.", Unit::minutes},
    {"idmapping__user_groups_total", Type::Histogram, "ganesha_idmapping_user_groups", "6.0", {},
     "Groups by user that was resolved."},
    {"idmapping__max_groups_exceeded", Type::Counter, "ganesha_idmapping_max_groups_exceeded_total", "7.0", {},
     "Users that were resolved and have more groups than the server takes."},
  };
}

// Of the page itself, of the process, and what newer sources than 15.2 have.
Families other_families() {
  return {
    {"monitoring__scraping_latencies", Type::Histogram, "ganesha_monitoring_page_duration_seconds", "6.3",
     {status}, "Duration of the server's work for a page of its own metrics, in whole milliseconds.",
     Unit::milliseconds},
    {"ganesha_build_info", Type::Gauge, "", "7.0", {},
     "the version is in `ganesha_info`; the rest is the time of the build and the host's name"},

    {"ganesha_uptime_seconds", Type::Gauge, "ganesha_uptime_seconds", "15.3", {}, "Time since the server started."},
    {"ganesha_export_metadata", Type::Gauge, "", "15.3", {}, "`ganesha_export_info` has the export's paths"},

    {"export_total_size", Type::Gauge, "ganesha_export_size_bytes", "16", {export_id, path},
     "Size of the file system of the export."},
    {"export_available_size", Type::Gauge, "ganesha_export_available_bytes", "16", {export_id, path},
     "Available bytes in the file system of the export."},
    {"export_available_file_count", Type::Gauge, "ganesha_export_available_files", "16", {export_id, path},
     "Files that can still be created in the file system of the export."},
    {"export_free_bytes_percent", Type::Gauge, "", "16", {},
     "`ganesha_export_available_bytes` divided by `ganesha_export_size_bytes`"},
    {"export_inode_utilization", Type::Gauge, "", "16", {},
     "rounded to a percent; `ganesha_export_available_files` says how many are left"},
    {"nfs_memory_resident_ram_size", Type::Gauge, "", "8.0", {},
     "of the process: node_exporter's kin, or `ganesha_process_resident_memory_bytes` in run mode"},
    {"nfs_virtual_ram_size", Type::Gauge, "", "8.0", {},
     "of the process: node_exporter's kin, or `ganesha_process_virtual_memory_bytes` in run mode"},
    {"nfs_memory_swap_size", Type::Gauge, "", "8.0", {}, "of the process, not of NFS"},
    {"nfs_cpu_utilization", Type::Gauge, "", "8.0", {},
     "an average since the start; `ganesha_process_cpu_seconds_total` in run mode has a rate"},
    {"memory_resident_ram_size", Type::Gauge, "", "16", {}, "another name of nfs_memory_resident_ram_size"},
    {"virtual_ram_size", Type::Gauge, "", "16", {}, "another name of nfs_virtual_ram_size"},
    {"memory_swap_size", Type::Gauge, "", "16", {}, "another name of nfs_memory_swap_size"},
    {"cpu_utilization", Type::Gauge, "", "16", {}, "another name of nfs_cpu_utilization"},
  };
}
// clang-format on

Families all_families() {
  Families all;
  for (const auto part : {dynamic_families, rpc_families, v4_families, idmapping_families, other_families})
    for (auto& row : part()) all.push_back(std::move(row));
  return all;
}

}  // namespace

std::span<const BuiltInFamily> built_in_families() {
  static const Families families = all_families();
  return families;
}

std::optional<std::size_t> find_built_in_family(std::string_view source, BuiltInType type) {
  static const auto index = [] {
    std::map<std::string_view, std::size_t> made;
    for (const auto& row : built_in_families()) made.emplace(row.source, made.size());
    return made;
  }();
  const auto found = index.find(source);
  if (found == index.end() || built_in_families()[found->second].type != type) return std::nullopt;
  return found->second;
}

}  // namespace ganesha::exporter
