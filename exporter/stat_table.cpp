#include "exporter/stat_table.hpp"

#include <algorithm>
#include <chrono>

namespace ganesha::exporter {
namespace {

using dbus::BasicIO;
using prometheus::MetricType;
using std::chrono::duration;

double seconds(dbus::Timestamp time) {
  return static_cast<double>(time.seconds) + static_cast<double>(time.nanoseconds) / 1e9;
}
// Whole seconds and the rest apart: nanoseconds since the epoch are more than a double can count.
double seconds(dbus::WallTime time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  return duration<double>(whole.time_since_epoch()).count() + duration<double>(time - whole).count();
}
double seconds(dbus::Duration span) { return duration<double>(span).count(); }
double flag(bool value) { return value ? 1 : 0; }

double count(std::uint64_t value) { return static_cast<double>(value); }
double nanoseconds(std::uint64_t value) { return static_cast<double>(value) / 1e9; }

// ---- exports and clients: the same rows for both, by how a subject is labelled ----

struct Exports {
  static const auto& entries(const Snapshot& s) { return s.exports; }
  static const auto& io(const Snapshot& s) { return s.export_io; }
  template <class... More>
  static void add(Samples& out, const ExportEntry& e, double value, const More&... more) {
    out.add({{"export_id", e.id}, {"path", e.path}, more...}, value);
  }
};

struct Clients {
  static const auto& entries(const Snapshot& s) { return s.clients; }
  static const auto& io(const Snapshot& s) { return s.client_io; }
  template <class... More>
  static void add(Samples& out, const ClientEntry& c, double value, const More&... more) {
    out.add({{"client", c.address}, more...}, value);
  }
};

using Label = std::pair<std::string_view, std::string_view>;

template <auto Flag>
bool shown(const Measured& measured) {
  if constexpr (std::is_null_pointer_v<decltype(Flag)>)
    return true;
  else
    return measured.*Flag;
}

// One of BasicIO's six figures. `Flag` says whether it is measured; none: it always is.
template <class Subject, auto Figure, auto Unit, auto Flag = nullptr>
void io(const Snapshot& s, Samples& out) {
  const auto& entries = Subject::entries(s);
  const auto& table = Subject::io(s);
  if (!entries || !table) return;
  const bool read = shown<Flag>(table->read);
  const bool write = shown<Flag>(table->write);
  out.expect(2 * table->rows.size());
  for (const auto& row : table->rows) {
    const auto& subject = (*entries)[row.subject];
    const Label protocol{"protocol", row.protocol};
    if (read) Subject::add(out, subject, Unit(row.read.*Figure), protocol, Label{"operation", "read"});
    if (write) Subject::add(out, subject, Unit(row.write.*Figure), protocol, Label{"operation", "write"});
  }
}

template <class Subject>
void number_of(const Snapshot& s, Samples& out) {
  if (const auto& entries = Subject::entries(s)) out.add({}, count(entries->size()));
}

template <class Subject>
void last_activity(const Snapshot& s, Samples& out) {
  if (!Subject::entries(s)) return;
  for (const auto& entry : *Subject::entries(s))
    if (entry.last_activity) Subject::add(out, entry, seconds(*entry.last_activity));
}

void client_state(const Snapshot& s, Samples& out) {
  if (!s.clients) return;
  for (const auto& client : *s.clients) {
    if (!client.state) continue;
    Clients::add(out, client, count(client.state->open), Label{"state", "open"});
    Clients::add(out, client, count(client.state->lock), Label{"state", "lock"});
    Clients::add(out, client, count(client.state->delegation), Label{"state", "delegation"});
  }
}

void clients_active(const Snapshot& s, Samples& out) {
  if (s.clients_active) out.add({}, count(*s.clients_active));
}

// ---- the server ----

void info(const Snapshot& s, Samples& out) {
  if (s.version) out.add({{"version", *s.version}}, 1);
}

void in_grace(const Snapshot& s, Samples& out) {
  if (s.in_grace) out.add({}, flag(*s.in_grace));
}

void stats_enabled(const Snapshot& s, Samples& out) {
  if (!s.stats) return;
  for (const auto& one : *s.stats) out.add({{"stats", one.name}}, flag(one.enabled));
}

void stats_start(const Snapshot& s, Samples& out) {
  if (!s.stats) return;
  for (const auto& one : *s.stats)
    if (one.enabled) out.add({{"stats", one.name}}, seconds(one.since));
}

// ---- live ----

void up(const Live& l, Samples& out) { out.add({}, flag(l.up)); }
void heartbeats(const Live& l, Samples& out) { out.add({}, count(l.heartbeats)); }
void last_heartbeat(const Live& l, Samples& out) {
  if (l.last_heartbeat) out.add({}, seconds(*l.last_heartbeat));
}
void owner_changes(const Live& l, Samples& out) { out.add({}, count(l.owner_changes)); }
void build_info(const Live& l, Samples& out) {
  out.add({{"version", l.version}, {"revision", l.revision}}, 1);
}
void dbus_connected(const Live& l, Samples& out) { out.add({}, flag(l.bus_connected)); }

// Calls `add` with each enabled collector's name and its outcome in the last poll.
template <class Add>
void each_collector(const Live& l, Add add) {
  for (std::size_t i = 0; i < collectors.size(); ++i)
    if (l.enabled[i]) add(collectors[i].name, l.last_poll ? l.last_poll->outcomes[i] : CollectorOutcome{});
}

void collector_success(const Live& l, Samples& out) {
  each_collector(l, [&](std::string_view name, const CollectorOutcome& outcome) {
    if (outcome.supported) out.add({{"collector", name}}, flag(l.up && outcome.success));
  });
}

void collector_supported(const Live& l, Samples& out) {
  if (!l.last_poll) return;
  each_collector(l, [&](std::string_view name, const CollectorOutcome& outcome) {
    out.add({{"collector", name}}, flag(outcome.supported));
  });
}

void collector_duration(const Live& l, Samples& out) {
  if (!l.last_poll) return;
  each_collector(l, [&](std::string_view name, const CollectorOutcome& outcome) {
    if (outcome.supported) out.add({{"collector", name}}, seconds(outcome.duration));
  });
}

void poll_duration(const Live& l, Samples& out) {
  if (l.last_poll) out.add({}, seconds(l.last_poll->duration));
}
void last_poll(const Live& l, Samples& out) {
  if (l.last_poll) out.add({}, seconds(l.last_poll->taken));
}

constexpr auto counter = MetricType::Counter;
constexpr auto gauge = MetricType::Gauge;

constexpr std::string_view export_io =
    "GetNFSIO; GetNFSv3IO, GetNFSv40IO, GetNFSv41IO, GetNFSv42IO without it";
constexpr std::string_view client_io = "GetNFSv3IO, GetNFSv40IO, GetNFSv41IO, GetNFSv42IO";

// clang-format off
const Row<Snapshot> ganesha[] = {
  {"ganesha_info", gauge, "server", "VERSION_RELEASE", "2.5",
   "Version of the Ganesha server; always 1.", info},
  {"ganesha_in_grace", gauge, "server", "get_grace", "2.5",
   "Whether the server is in its grace period, when clients may only reclaim their state.", in_grace},
  {"ganesha_stats_enabled", gauge, "server", "StatusStats", "2.7",
   "Whether the server counts these statistics.", stats_enabled},
  {"ganesha_stats_start_timestamp_seconds", gauge, "server", "StatusStats", "2.7",
   "When counting of these statistics began: server start, last reset or last enabling.", stats_start},

  {"ganesha_exports", gauge, "exports", "ShowExports", "2.5",
   "Number of exports, the pseudo root included.", number_of<Exports>},
  {"ganesha_export_requested_bytes_total", counter, "exports", export_io, "2.5",
   "Bytes that clients asked to read or write. Not told for reads by 6.0 to 6.5.",
   io<Exports, &BasicIO::requested_bytes, count, &Measured::requested>},
  {"ganesha_export_transferred_bytes_total", counter, "exports", export_io, "2.5",
   "Bytes really read or written.", io<Exports, &BasicIO::transferred_bytes, count>},
  {"ganesha_export_operations_total", counter, "exports", export_io, "2.5",
   "Read and write operations.", io<Exports, &BasicIO::operations, count>},
  {"ganesha_export_operation_errors_total", counter, "exports", export_io, "2.5",
   "Read and write operations that failed. NFSv3 counts only drops and stale handles.",
   io<Exports, &BasicIO::errors, count>},
  {"ganesha_export_operation_latency_seconds_total", counter, "exports", export_io, "2.5",
   "Time spent on read and write operations.",
   io<Exports, &BasicIO::latency_ns, nanoseconds, &Measured::latency>},
  {"ganesha_export_operation_queue_wait_seconds_total", counter, "exports", export_io, "2.5",
   "Time that read and write operations waited to be taken up. Not told from 2.8 on.",
   io<Exports, &BasicIO::queue_wait_ns, nanoseconds, &Measured::queue_wait>},
  {"ganesha_export_last_activity_timestamp_seconds", gauge, "exports", "ShowExports", "2.5",
   "When the export was last used; absent if never.", last_activity<Exports>},

  {"ganesha_clients", gauge, "clients", "ShowClients", "2.5",
   "Number of clients that the server knows; it never forgets one.", number_of<Clients>},
  {"ganesha_clients_active", gauge, "clients", "ShowClients", "2.5",
   "Number of clients seen in the last 5 minutes.", clients_active},
  {"ganesha_client_requested_bytes_total", counter, "clients", client_io, "2.5",
   "Bytes that the client asked to read or write. Not told for reads by 6.0 to 6.5.",
   io<Clients, &BasicIO::requested_bytes, count, &Measured::requested>},
  {"ganesha_client_transferred_bytes_total", counter, "clients", client_io, "2.5",
   "Bytes really read or written.", io<Clients, &BasicIO::transferred_bytes, count>},
  {"ganesha_client_operations_total", counter, "clients", client_io, "2.5",
   "Read and write operations.", io<Clients, &BasicIO::operations, count>},
  {"ganesha_client_operation_errors_total", counter, "clients", client_io, "2.5",
   "Read and write operations that failed. NFSv3 counts only drops and stale handles.",
   io<Clients, &BasicIO::errors, count>},
  {"ganesha_client_operation_latency_seconds_total", counter, "clients", client_io, "2.5",
   "Time spent on read and write operations. Not told from 3.0 on.",
   io<Clients, &BasicIO::latency_ns, nanoseconds, &Measured::latency>},
  {"ganesha_client_operation_queue_wait_seconds_total", counter, "clients", client_io, "2.5",
   "Time that read and write operations waited to be taken up. Not told from 2.8 on.",
   io<Clients, &BasicIO::queue_wait_ns, nanoseconds, &Measured::queue_wait>},
  {"ganesha_client_last_activity_timestamp_seconds", gauge, "clients", "ShowClients", "2.5",
   "When the client was last seen; absent if never.", last_activity<Clients>},
  {"ganesha_client_state", gauge, "clients", "ShowClients", "6.0",
   "Opens, locks and delegations that the client holds now.", client_state},
};

const Row<Live> live[] = {
  {"ganesha_up", gauge, "", "heartbeat", "2.5",
   "1 while Ganesha is on the bus and its heartbeat is younger than --heartbeat.timeout.", up},
  {"ganesha_heartbeats_total", counter, "", "heartbeat", "2.5",
   "Healthy heartbeats received.", heartbeats},
  {"ganesha_last_heartbeat_timestamp_seconds", gauge, "", "heartbeat", "2.5",
   "When the last healthy heartbeat was received; absent before the first.", last_heartbeat},
  {"ganesha_owner_changes_total", counter, "", "NameOwnerChanged", "2.5",
   "How often another process took Ganesha's name on the bus: a restart counts one.", owner_changes},

  {"ganesha_exporter_build_info", gauge, "", "", "",
   "Version of the exporter; always 1.", build_info},
  {"ganesha_exporter_collector_success", gauge, "", "", "",
   "Whether the collector got all it asked for in the last poll.", collector_success},
  {"ganesha_exporter_collector_supported", gauge, "", "", "",
   "Whether this server has the methods that the collector calls.", collector_supported},
  {"ganesha_exporter_collector_duration_seconds", gauge, "", "", "",
   "How long the collector took in the last poll.", collector_duration},
  {"ganesha_exporter_poll_duration_seconds", gauge, "", "", "",
   "How long the last poll took.", poll_duration},
  {"ganesha_exporter_last_poll_timestamp_seconds", gauge, "", "", "",
   "When the last poll ended.", last_poll},
  {"ganesha_exporter_dbus_connected", gauge, "", "", "",
   "Whether the exporter is connected to the bus.", dbus_connected},
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

std::span<const Row<Snapshot>> ganesha_rows() { return ganesha; }
std::span<const Row<Live>> live_rows() { return live; }

}  // namespace ganesha::exporter
