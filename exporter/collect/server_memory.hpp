// What is remembered of the server that owns Ganesha's name, as long as it does. Kept by GaneshaSource, used
// by the collectors.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "dbus/clock.hpp"
#include "dbus/decode.hpp"
#include "exporter/collect/client_cache.hpp"
#include "exporter/collect/group_totals.hpp"
#include "exporter/collect/hazards.hpp"
#include "exporter/collect/io_table.hpp"
#include "exporter/collect/monotonic_sums.hpp"
#include "exporter/model/snapshot_rows.hpp"

namespace ganesha::exporter {

// Of clients that are summed: by --collector.clients.aggregate, or because their labels are equal.
struct ClientTotals {
  GroupTotals<IoRow> io;
  GroupTotals<IoRow> ninep;
  GroupTotals<OtherRow> other;
  GroupTotals<ClientProcedureRow> procedures;
  GroupTotals<LayoutRow> layouts;
  GroupTotals<DelegationRow> delegations;
};

// What DisplayExport reported of the export that was listed with this path; nothing where it failed.
struct KnownInfo {
  std::string path;
  std::optional<dbus::ExportInfo> info;
};

struct ServerMemory {
  std::uint64_t generation = 0;     // Bus::owner_generation() when this began
  std::uint64_t owner_changes = 0;  // Bus::owner_changes() then
  dbus::MethodNames methods;        // of all its objects
  std::optional<std::string> version;
  std::optional<dbus::Timestamp> start;         // the first start of counting seen: nothing was active before
  std::optional<dbus::Timestamp> never_active;  // reported as the last activity of entries without any
  std::set<std::string, std::less<>> logged;    // statistics that are off, and warnings: each is logged once
  ClientsSeen clients_seen;
  IoDetectors exports;
  IoDetectors clients;
  std::vector<dbus::StatsSwitch> switches;  // as the last poll found them
  bool bulk_ops_refused = false;            // GetAllClientIOops, as client_all_ops is not counted
  ClientCache client_cache;
  ClientTotals client_totals;
  MonotonicSums other_latency;    // by export and protocol
  MonotonicSums average_latency;  // by protocol, FSAL or auth, and procedure
  std::map<std::uint16_t, KnownInfo> export_infos;
  dbus::TimePoint export_infos_retried{};  // when those that failed were asked again

  // Sums go on from those of `before`, of the same server; the switches show a reset of what is summed.
  void keep_sums(ServerMemory before) {
    switches = std::move(before.switches);
    client_totals = std::move(before.client_totals);
    other_latency = std::move(before.other_latency);
    average_latency = std::move(before.average_latency);
  }
};

}  // namespace ganesha::exporter
