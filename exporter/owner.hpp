// What is remembered of the server that owns Ganesha's name, as long as it does. Kept by GaneshaSource, used
// by the collectors.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "dbus/clock.hpp"
#include "dbus/decode.hpp"
#include "exporter/client_cache.hpp"
#include "exporter/group_sums.hpp"
#include "exporter/io_table.hpp"
#include "exporter/rows.hpp"

namespace ganesha::exporter {

// For --collector.clients.aggregate.
struct ClientSums {
  GroupSums<IoRow> io;
  GroupSums<OtherRow> other;
  GroupSums<ClientProcedureRow> procedures;
  GroupSums<LayoutRow> layouts;
  GroupSums<DelegationRow> delegations;
};

struct Owner {
  std::uint64_t generation = 0;
  dbus::MethodNames methods;  // of all three objects
  std::optional<std::string> version;
  std::optional<dbus::Timestamp> start;         // the first start of counting met: nothing was active before
  std::set<std::string, std::less<>> told_off;  // statistics that are off, and that the log has told so
  MeasuredSoFar exports;
  MeasuredSoFar clients;
  std::vector<dbus::StatsSwitch> counting;  // as the last poll found it
  ClientCache client_cache;
  ClientSums client_sums;
  std::map<std::uint16_t, dbus::ExportInfo> export_infos;
  dbus::TimePoint export_infos_asked{};
};

}  // namespace ganesha::exporter
