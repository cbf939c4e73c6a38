// Rows of the snapshot that belong to the server as a whole. The collectors make them of the records that
// they decoded, the metrics read them.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "dbus/records.hpp"
#include "exporter/model/snapshot_rows.hpp"
#include "exporter/model/unique_rows.hpp"

namespace ganesha::exporter {

// Of names that a server repeats: counters are added, of a minimum the least is kept, of a maximum the
// greatest, of a time the latest, and of memory in use the most: its sum could overflow.
inline void add(dbus::Latency& sum, const dbus::Latency& more) {
  sum.sum_ns += more.sum_ns;
  sum.min_seconds = std::fmin(sum.min_seconds, more.min_seconds);
  sum.max_seconds = std::fmax(sum.max_seconds, more.max_seconds);
}

inline void add(dbus::TimedProcedure& sum, const dbus::TimedProcedure& more) {
  sum.calls += more.calls;
  sum.errors += more.errors;
  add(sum.duplicates, more.duplicates);
  add(sum.latency, more.latency);
}

struct SwitchRow : dbus::StatsSwitch {
  auto key() const { return std::tie(name); }
  void operator+=(const SwitchRow& other) {
    enabled |= other.enabled;
    since = std::max(since, other.since);
  }
};

struct OperationsRow : dbus::ProtocolOperations {
  auto key() const { return std::tie(protocol); }
  void operator+=(const OperationsRow& other) { operations += other.operations; }
  template <class Use>
  void each_name(Use use) {
    use(protocol);
  }
};

struct ProcedureRow : dbus::ProcedureCalls {
  auto key() const { return std::tie(protocol, procedure); }
  void operator+=(const ProcedureRow& other) { calls += other.calls; }
  template <class Use>
  void each_name(Use use) {
    use(protocol);
    use(procedure);
  }
};

// The latency of one procedure.
struct TimedRow {
  std::string_view protocol;
  dbus::TimedProcedure procedure;

  auto key() const { return std::tie(protocol, procedure.procedure); }
  void operator+=(const TimedRow& other) { add(procedure, other.procedure); }
  template <class Use>
  void each_name(Use use) {
    use(procedure.procedure);
  }
};

struct AuthRow : dbus::AuthRequests {
  auto key() const { return std::tie(source); }
  void operator+=(const AuthRow& other) {
    requests += other.requests;
    add(latency, other.latency);
  }
};

struct FsalRow : dbus::TimedProcedure {
  auto key() const { return std::tie(procedure); }
  void operator+=(const FsalRow& other) { add(static_cast<TimedProcedure&>(*this), other); }
  template <class Use>
  void each_name(Use use) {
    use(procedure);
  }
};

struct FsalTable {
  std::string fsal;
  UniqueRows<FsalRow> operations;
};

struct MemoryRow : dbus::MemoryUse {
  auto key() const { return std::tie(component); }
  void operator+=(const MemoryRow& other) {
    allocations += other.allocations;
    frees += other.frees;
    allocated_bytes += other.allocated_bytes;
    freed_bytes += other.freed_bytes;
    active_bytes = std::max(active_bytes, other.active_bytes);
    peak_bytes = std::max(peak_bytes, other.peak_bytes);
  }
  template <class Use>
  void each_name(Use use) {
    use(component);
  }
};

// A row of each record.
template <class Row, class Record>
UniqueRows<Row> rows_from(std::vector<Record> records) {
  std::vector<Row> rows;
  rows.reserve(records.size());
  for (auto& record : records) rows.push_back({std::move(record)});
  return rows;
}

}  // namespace ganesha::exporter
