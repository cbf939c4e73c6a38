// Operations and procedures of the whole server, by protocol, procedure or source.
#include "exporter/metrics/server_metrics.hpp"
#include "exporter/model/sample_values.hpp"

namespace ganesha::exporter {
namespace {

using dbus::Latency;
using dbus::TimedProcedure;

double latency_sum(const Latency& latency) { return nanoseconds_to_seconds(latency.sum_ns); }
double latency_min(const Latency& latency) { return latency.min_seconds; }
double latency_max(const Latency& latency) { return latency.max_seconds; }
using LatencyValue = double (*)(const Latency&);

void operations(const Snapshot& s, Samples& out) {
  if (!s.operations) return;
  for (const auto& one : *s.operations) out.add({{"protocol", one.protocol}}, to_sample(one.operations));
}

void procedures(const Snapshot& s, Samples& out) {
  if (!s.procedures) return;
  for (const auto& one : *s.procedures)
    out.add({{"protocol", one.protocol}, {"procedure", one.procedure}}, to_sample(one.calls));
}

Labels labels_of(const TimedRow& row) {
  return {{"protocol", row.protocol}, {"procedure", row.procedure.procedure}};
}

auto timed(std::uint64_t TimedProcedure::*field) {
  return [field](const Snapshot& s, Samples& out) {
    if (!s.timed_procedures) return;
    for (const auto& row : *s.timed_procedures) out.add(labels_of(row), to_sample(row.procedure.*field));
  };
}

auto timed(LatencyValue value) {
  return [value](const Snapshot& s, Samples& out) {
    if (!s.timed_procedures) return;
    for (const auto& row : *s.timed_procedures) out.add(labels_of(row), value(row.procedure.latency));
  };
}

void timed_duplicates(const Snapshot& s, Samples& out) {
  if (!s.timed_procedures) return;
  for (const auto& row : *s.timed_procedures)
    if (row.procedure.duplicates) out.add(labels_of(row), to_sample(*row.procedure.duplicates));
}

void auth_requests(const Snapshot& s, Samples& out) {
  if (!s.auth) return;
  for (const auto& one : *s.auth) out.add({{"source", one.source}}, to_sample(one.requests));
}

auto auth(LatencyValue value) {
  return [value](const Snapshot& s, Samples& out) {
    if (!s.auth) return;
    for (const auto& one : *s.auth) out.add({{"source", one.source}}, value(one.latency));
  };
}

void fsal_operations(const Snapshot& s, Samples& out) {
  if (!s.fsal) return;
  for (const auto& one : s.fsal->operations)
    out.add({{"fsal", s.fsal->fsal}, {"operation", one.procedure}}, to_sample(one.calls));
}

auto fsal(LatencyValue value) {
  return [value](const Snapshot& s, Samples& out) {
    if (!s.fsal) return;
    for (const auto& one : s.fsal->operations)
      out.add({{"fsal", s.fsal->fsal}, {"operation", one.procedure}}, value(one.latency));
  };
}

// Each version of NFS is timed by a statistic of its own.
Statistic timed_by(const prometheus::ClientMetric& metric) {
  const bool v3 = metric.label.front().value == "NFSv3";
  return v3 ? Statistic::v3_full : Statistic::v4_full;
}

constexpr CountedBy by_nfs = counted_by<Statistic::nfs>;
constexpr Origin global_ops{set_of({CollectorId::operations}), "GetGlobalOPS", "2.5", by_nfs};
constexpr Origin fast_ops{set_of({CollectorId::procedures}), "GetFastOPS", "2.5", by_nfs};
constexpr Origin full_stats{set_of({CollectorId::procedures_detailed}), "GetFULLV3Stats, GetFULLV4Stats",
                            "2.8", timed_by};
constexpr Origin auth_stats{set_of({CollectorId::auth}), "GetAuthStats", "2.8.1",
                            counted_by<Statistic::auth>};
constexpr Origin fsal_stats{set_of({CollectorId::fsal}), "GetFSALStats", "2.6", counted_by<Statistic::fsal>};

}  // namespace

// clang-format off
SnapshotRows operation_rows() {
  return {
    {"ganesha_operations_total", counter, global_ops, "protocol",
     "Operations by protocol. For NFSv4.x these are operations, not compounds; MNT stays 0 since 3.0.",
     operations},
    {"ganesha_procedure_calls_total", counter, fast_ops, "protocol, procedure",
     "Calls by procedure; absent for a procedure that was never called. "
     "Polled only from servers that it cannot crash: see docs/calls.md.", procedures},
    {"ganesha_procedure_timed_calls_total", counter, full_stats, "protocol, procedure",
     "Calls by procedure since timing was enabled. Requires Enable_FULLV3_Stats or Enable_FULLV4_Stats.",
     timed(&TimedProcedure::calls)},
    {"ganesha_procedure_timed_errors_total", counter, full_stats, "protocol, procedure",
     "Failed calls by procedure.", timed(&TimedProcedure::errors)},
    {"ganesha_procedure_timed_duplicates_total", counter, full_stats, "protocol, procedure",
     "Duplicate (retransmitted) calls by procedure. Not reported for NFSv4.", timed_duplicates},
    {"ganesha_procedure_latency_seconds_total", counter, full_stats, "protocol, procedure",
     "Total latency of calls by procedure.", timed(latency_sum)},
    {"ganesha_procedure_latency_min_seconds", gauge, full_stats, "protocol, procedure",
     "Minimum latency of a call since the last reset, by procedure.", timed(latency_min)},
    {"ganesha_procedure_latency_max_seconds", gauge, full_stats, "protocol, procedure",
     "Maximum latency of a call since the last reset, by procedure.", timed(latency_max)},

    {"ganesha_auth_requests_total", counter, auth_stats, "source",
     "Requests to resolve groups and names. Requires Enable_AUTH_Stats.", auth_requests},
    {"ganesha_auth_latency_seconds_total", counter, auth_stats, "source",
     "Total latency of requests to resolve groups and names.", auth(latency_sum)},
    {"ganesha_auth_latency_min_seconds", gauge, auth_stats, "source",
     "Minimum latency of a request since the last reset.", auth(latency_min)},
    {"ganesha_auth_latency_max_seconds", gauge, auth_stats, "source",
     "Maximum latency of a request since the last reset.", auth(latency_max)},
  };
}

SnapshotRows fsal_rows() {
  return {
    {"ganesha_fsal_operations_total", counter, fsal_stats, "fsal, operation",
     "File system (FSAL) operations. Requires Enable_FSAL_Stats and GPFS.", fsal_operations},
    {"ganesha_fsal_operation_latency_seconds_total", counter, fsal_stats, "fsal, operation",
     "Total latency of file system operations.", fsal(latency_sum)},
    {"ganesha_fsal_operation_latency_min_seconds", gauge, fsal_stats, "fsal, operation",
     "Minimum latency of a file system operation since the last reset.", fsal(latency_min)},
    {"ganesha_fsal_operation_latency_max_seconds", gauge, fsal_stats, "fsal, operation",
     "Maximum latency of a file system operation since the last reset.", fsal(latency_max)},
  };
}
// clang-format on

}  // namespace ganesha::exporter
