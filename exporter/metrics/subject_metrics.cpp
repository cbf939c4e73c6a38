#include "exporter/metrics/subject_metrics.hpp"

#include <optional>

#include "exporter/metrics/subject_samples.hpp"
#include "exporter/model/sample_values.hpp"

namespace ganesha::exporter {
namespace {

using dbus::BasicIO;
using dbus::ClientProcedure;
using dbus::Delegations;
using dbus::LayoutOperations;

// What the metrics of one reply have in common. Without an origin the exports, or the clients, do not have
// them.
struct Group {
  std::optional<Origin> exports;
  std::optional<Origin> clients;
  std::string_view labels;  // after those of the export or client
};

// ganesha_export_NAME, ganesha_client_NAME.
struct SubjectMetric {
  std::string_view name;
  prometheus::MetricType type;
  const Group& group;
  std::string_view help;
  SubjectSamples samples;
  DetailLevels of_clients = levels({ClientDetail::full});
};

constexpr auto full_and_io = levels({ClientDetail::full, ClientDetail::io});
constexpr auto totals = levels({ClientDetail::totals});

constexpr auto exports = set_of({CollectorId::exports});
constexpr auto clients = set_of({CollectorId::clients});
constexpr auto export_details = set_of({CollectorId::export_details});
constexpr auto client_ops = set_of({CollectorId::client_ops});
constexpr auto client_procedure = set_of({CollectorId::client_procedures});

constexpr CountedBy by_nfs = counted_by<Statistic::nfs>;
constexpr Origin show_exports{exports, "ShowExports", "2.5"};
constexpr Origin show_clients{clients, "ShowClients", "2.5"};
constexpr Origin exports_of_exporter{exports, "exporter", any_version};
constexpr Origin clients_of_exporter{clients, "exporter", any_version};
constexpr Origin export_io{exports,
                           "GetNFSIO; GetNFSv3IO, GetNFSv40IO, GetNFSv41IO, GetNFSv42IO without it; Get9pIO",
                           "2.5", by_nfs};
constexpr Origin client_io{clients, "GetNFSv3IO, GetNFSv40IO, GetNFSv41IO, GetNFSv42IO, Get9pIO", "2.5",
                           by_nfs};
constexpr Origin export_other{export_details, "GetExportDetails", "3.0", by_nfs};
constexpr Origin client_other{client_ops, "GetClientIOops, GetAllClientIOops", "3.0", by_nfs};
constexpr Origin layout_methods{set_of({CollectorId::layouts}), "GetNFSv41Layouts, GetNFSv42Layouts", "2.5",
                                by_nfs};

constexpr Group io_group{export_io, client_io, "protocol, operation"};
constexpr Group total_group{{}, client_io, ""};
constexpr Group entry_group{show_exports, show_clients, ""};
constexpr Group info_group{Origin{exports, "DisplayExport", "2.5"}, {}, "pseudo, tag, real_path"};
constexpr Group state_group{{}, Origin{clients, "ShowClients", "6.0"}, "state"};
constexpr Group other_group{export_other, client_other, "protocol"};
constexpr Group export_other_group{export_other, {}, "protocol"};
constexpr Group layout_group{layout_methods, layout_methods, "protocol, layout"};
constexpr Group delegation_group{{}, Origin{set_of({CollectorId::delegations}), "GetDelegations", "2.5"}, ""};
constexpr Group procedure_group{
    {},
    Origin{client_procedure, "GetAllClientAllops", "15.2", counted_by<Statistic::client_all_ops>},
    "protocol, procedure"};

// clang-format off
const std::vector<SubjectMetric>& subject_metrics() {
  static const std::vector<SubjectMetric> metrics{
    {"requested_bytes_total", counter, io_group,
     "Bytes that clients requested to read or write. Not reported for reads by 6.0 to 6.5.",
     io(&BasicIO::requested_bytes, to_sample, &Measured::requested)},
    {"transferred_bytes_total", counter, io_group,
     "Bytes read or written.", io(&BasicIO::transferred_bytes, to_sample), full_and_io},
    {"transferred_bytes_total", counter, total_group,
     "Bytes read and written, by all protocols.", io_total(&BasicIO::transferred_bytes), totals},
    {"operations_total", counter, io_group,
     "Read and write operations.", io(&BasicIO::operations, to_sample), full_and_io},
    {"operation_errors_total", counter, io_group,
     "Failed read and write operations. For NFSv3 only drops and stale handles are counted.",
     io(&BasicIO::errors, to_sample)},
    {"operation_latency_seconds_total", counter, io_group,
     "Total latency of read and write operations. Not reported for clients since 3.0.",
     io(&BasicIO::latency_ns, nanoseconds_to_seconds, &Measured::latency)},
    {"operation_queue_wait_seconds_total", counter, io_group,
     "Time that read and write operations spent queued. Not reported since 2.8.",
     io(&BasicIO::queue_wait_ns, nanoseconds_to_seconds, &Measured::queue_wait)},
    {"last_activity_timestamp_seconds", gauge, entry_group,
     "Time of the last activity; absent if there was none.", last_activity},

    {"info", gauge, info_group,
     "Paths and tag of the export; always 1. What each path means depends on the server: see "
     "docs/metrics.md.",
     export_info},
    {"state", gauge, state_group,
     "Opens, locks and delegations that the client currently holds.", client_state},

    {"other_operations_total", counter, other_group,
     "Operations other than reads and writes. For NFSv4.x, operations and compounds are mixed.",
     other(&OtherRow::operations)},
    {"other_operation_errors_total", counter, other_group,
     "Failed operations other than reads and writes.", other(&OtherRow::errors)},
    {"other_operation_latency_seconds_total", counter, export_other_group,
     "Total latency of operations other than reads and writes.", export_other_latency},

    {"layout_operations_total", counter, layout_group,
     "pNFS layout operations. Recalls are never counted.", layouts(&LayoutOperations::operations)},
    {"layout_operation_errors_total", counter, layout_group,
     "Failed pNFS layout operations.", layouts(&LayoutOperations::errors)},
    {"layout_operation_delays_total", counter, layout_group,
     "pNFS layout operations that the server answered with a delay: the client retries them later.",
     layouts(&LayoutOperations::delays)},

    {"delegation_grants_and_returns_total", counter, delegation_group,
     "Delegations granted plus delegations returned: the server counts both together.",
     delegations(&Delegations::grants_and_returns)},
    {"delegation_recalls_total", counter, delegation_group,
     "Delegations recalled by the server.", delegations(&Delegations::recalls)},
    {"delegation_failed_recalls_total", counter, delegation_group,
     "Delegation recalls that failed.", delegations(&Delegations::failed_recalls)},
    {"delegation_revokes_total", counter, delegation_group,
     "Delegations revoked by the server.", delegations(&Delegations::revokes)},

    {"procedure_calls_total", counter, procedure_group,
     "Calls by procedure. Requires Enable_CLNT_AllOps_Stats. Older servers have no safe method for it.",
     client_procedures(&ClientProcedure::calls)},
    {"procedure_errors_total", counter, procedure_group,
     "Failed calls by procedure.", client_procedures(&ClientProcedure::errors)},
    {"procedure_duplicates_total", counter, procedure_group,
     "Duplicate (retransmitted) calls by procedure. Not reported for NFSv4.", client_duplicates},
  };
  return metrics;
}
// clang-format on

SnapshotRow to_row(const SubjectMetric& metric, const Subjects& subjects, const Origin& origin) {
  auto labels = std::string(subjects.label_names);
  if (!metric.group.labels.empty()) labels.append(", ").append(metric.group.labels);
  return {std::string(subjects.prefix).append(metric.name),
          metric.type,
          origin,
          labels,
          metric.help,
          [&metric, &subjects](const Snapshot& s, Samples& out) { metric.samples(subjects, s, out); },
          &subjects == &client_subjects ? metric.of_clients : at_each_level};
}

void add_rows(const Subjects& subjects, std::optional<Origin> Group::*origin, SnapshotRows& rows) {
  for (const auto& metric : subject_metrics())
    if (metric.group.*origin) rows.push_back(to_row(metric, subjects, *(metric.group.*origin)));
}

auto number(std::optional<std::size_t> Snapshot::*field) {
  return [field](const Snapshot& s, Samples& out) {
    if (s.*field) out.add({}, to_sample(*(s.*field)));
  };
}

void exports_missing(const Snapshot& s, Samples& out) {
  if (s.exports_missing) out.add({}, to_sample(s.exports_missing->size()));
}

}  // namespace

// clang-format off
SnapshotRows export_rows() {
  SnapshotRows rows{
    {"ganesha_exports", gauge, show_exports, "",
     "Number of exports, including the pseudo root.", number(&Snapshot::exports_known)},
    {"ganesha_exports_missing", gauge, show_exports, "",
     "Number of configured exports that the server does not serve. Only with --ganesha.run, and if the "
     "configuration could be read.", exports_missing},
    {"ganesha_exporter_exports_dropped", gauge, exports_of_exporter, "",
     "Number of exports left out because of --collector.exports.max: those idle for longest. Also those whose "
     "names would make all names longer than 32 MiB.", number(&Snapshot::exports_dropped)},
  };
  add_rows(export_subjects, &Group::exports, rows);
  return rows;
}

SnapshotRows client_rows() {
  SnapshotRows rows{
    {"ganesha_clients", gauge, show_clients, "",
     "Number of clients that the server knows. It never removes one.", number(&Snapshot::clients_known)},
    {"ganesha_clients_active", gauge, show_clients, "",
     "Number of clients that were active in the last 5 minutes.", number(&Snapshot::clients_active)},
    {"ganesha_exporter_clients_dropped", gauge, clients_of_exporter, "",
     "Number of clients left out because of --collector.clients.max: those idle for longest. Also those whose "
     "names would make all names longer than 32 MiB.",
     number(&Snapshot::clients_dropped)},
  };
  add_rows(client_subjects, &Group::clients, rows);
  return rows;
}
// clang-format on

}  // namespace ganesha::exporter
