// What one poll found, ready to be shown: labels are made, rows with equal labels are summed, and values that
// the server does not measure are marked. The collectors fill it; afterwards it is immutable. The metrics,
// the status page and its JSON read it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dbus/records.hpp"
#include "dbus/time.hpp"
#include "exporter/model/built_in_page.hpp"
#include "exporter/model/collectors.hpp"
#include "exporter/model/server_rows.hpp"
#include "exporter/model/snapshot_rows.hpp"
#include "exporter/model/unique_rows.hpp"

namespace ganesha::exporter {

// The counters of one export or client (by its index in the snapshot) for one protocol.
struct IoRow {
  std::size_t subject = 0;
  std::string protocol;
  dbus::BasicIO read;
  dbus::BasicIO write;

  const std::string& sub_key() const { return protocol; }
  auto key() const { return std::tie(subject, protocol); }
  void operator+=(const IoRow& other) {
    read += other.read;
    write += other.write;
  }
  bool has_reset(const IoRow& before) const {
    return dbus::has_reset(read, before.read) || dbus::has_reset(write, before.write);
  }
  template <class Use>
  void each_name(Use use) {
    use(protocol);
  }
};

// Which counters of a direction the server measures: a counter that is 0 everywhere although operations were
// counted is not measured.
struct Measured {
  bool requested = false;
  bool latency = false;
  bool queue_wait = false;
};

struct IoTable {
  UniqueRows<IoRow> rows;
  Measured read;
  Measured write;
};

struct ExportEntry {
  std::string id;  // label export_id
  std::string path;
  std::optional<dbus::Timestamp> last_activity;
  std::optional<dbus::ExportInfo> info;
};

struct ClientEntry {
  std::string address;  // label client: without ::ffff:
  std::optional<dbus::Timestamp> last_activity;
  std::optional<dbus::ClientState> state;
};

// How a collector ended in one poll.
struct CollectorOutcome {
  bool supported = true;  // false: the server lacks its methods
  bool success = false;
  dbus::Duration duration{};
};

// No two exports have the same id, no two clients the same address. All names are label values
// (label_value.hpp). An empty optional was not polled, is not supported, or failed.
struct Snapshot {
  std::optional<std::string> version;
  std::optional<bool> in_grace;
  std::optional<UniqueRows<SwitchRow>> stats;
  std::optional<std::vector<ExportEntry>> exports;
  std::optional<IoTable> export_io;
  std::optional<std::vector<ClientEntry>> clients;
  std::optional<std::size_t> exports_known;  // shown or not
  // By --collector.exports.max, or because the label values together would be too long; as below of clients.
  std::optional<std::size_t> exports_dropped;
  std::vector<std::uint16_t> export_ids;  // of all known ones
  // Configured but not served; only with --ganesha.run.
  std::optional<std::vector<std::string>> exports_missing;
  std::optional<std::size_t> clients_known;
  std::optional<std::size_t> clients_active;
  std::optional<std::size_t> clients_dropped;
  std::optional<IoTable> client_io;

  std::optional<UniqueRows<OtherRow>> export_other;
  std::optional<UniqueRows<OtherRow>> client_other;
  std::optional<UniqueRows<LayoutRow>> export_layouts;
  std::optional<UniqueRows<LayoutRow>> client_layouts;
  std::optional<UniqueRows<DelegationRow>> delegations;
  std::optional<UniqueRows<ClientProcedureRow>> client_procedures;

  std::optional<UniqueRows<OperationsRow>> operations;
  std::optional<UniqueRows<ProcedureRow>> procedures;
  std::optional<UniqueRows<TimedRow>> timed_procedures;
  std::optional<UniqueRows<AuthRow>> auth;
  std::optional<dbus::MdCache> mdcache;
  std::optional<dbus::FdUsage> fds;
  std::optional<FsalTable> fsal;
  std::optional<dbus::DrcInfo> drc;
  BuiltInPagePtr built_in;  // null: not fetched, too old, or failed

  std::array<CollectorOutcome, collectors.size()> outcomes;
  bool complete = false;  // false: a call timed out, and the rest of the poll was cancelled
  bool answered = false;  // the server replied to get_grace, or that method is suspended
  dbus::WallTime taken{};
  dbus::Duration duration{};
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

}  // namespace ganesha::exporter
