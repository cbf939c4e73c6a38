#include "snapshots.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "dbus/decode.hpp"
#include "dbus/methods.hpp"
#include "exporter/collect/io_table.hpp"
#include "wire_message.hpp"

namespace ganesha::test {
namespace {

using namespace ganesha::exporter;
using dbus::BasicIO;
using dbus::Timestamp;
using std::chrono::milliseconds;

constexpr dbus::WallTime poll_time{std::chrono::seconds(1795423000)};

std::optional<Timestamp> activity(Timestamp time) {
  return time == Timestamp{} ? std::nullopt : std::optional(time);
}

void succeed(Snapshot& snapshot) {
  for (auto& outcome : snapshot.outcomes) {
    outcome.success = true;
    outcome.duration = milliseconds(5);
  }
  snapshot.complete = true;
  snapshot.taken = poll_time;
  snapshot.duration = milliseconds(15);
}

IoTable finish(IoTableBuilder&& builder) {
  IoDetectors detectors;
  return std::move(builder).finish(detectors);
}

void add_exports(const std::string& version, Snapshot& snapshot) {
  const auto list = dbus::decode_exports(wire_record(version, "ShowExports").message()).value();
  const auto io = dbus::decode_export_io(wire_record(version, "GetNFSIO").message()).value();
  IoTableBuilder builder;
  snapshot.exports.emplace();
  for (const auto& one : list.exports) {
    const auto index = snapshot.exports->size();
    snapshot.exports->push_back({std::to_string(one.id), one.path, activity(one.last_activity), {}});
    for (const auto& record : wire_records(version, "DisplayExport"))
      if (record.args == nlohmann::json::array({one.id}))
        snapshot.exports->back().info = dbus::decode_export_info(record.message()).value();
    for (const auto& row : io.rows)
      if (row.export_id == one.id) builder.add(index, row.protocol, row.read, row.write);
  }
  snapshot.export_io = finish(std::move(builder));
  snapshot.exports_known = snapshot.exports->size();
  snapshot.exports_dropped = 0;
}

// Calls use() for each subject with the decoded reply to `method` that was recorded for it.
template <class T, class Use>
void each_recorded(const std::string& version, std::string_view method, std::string_view object,
                   const std::vector<nlohmann::json>& subjects,
                   dbus::result<T> (*decoder)(const dbus::Message&), Use use) {
  for (const auto& record : wire_records(version, method))
    for (std::size_t i = 0; i < subjects.size(); ++i)
      if (record.path == object && record.args == nlohmann::json::array({subjects[i]}))
        if (const auto decoded = decoder(record.message())) use(i, *decoded);
}

std::vector<LayoutRow> layout_rows(std::size_t subject, std::string_view protocol,
                                   const dbus::Layouts& layouts) {
  std::vector<LayoutRow> rows;
  add_layouts(subject, protocol, layouts, rows);
  return rows;
}

void add_details(const std::string& version, const std::vector<nlohmann::json>& exports,
                 const std::vector<nlohmann::json>& clients, Snapshot& snapshot) {
  const auto add_to = [](std::optional<UniqueRows<OtherRow>>& to) {
    return [&rows = to.emplace()](std::size_t i, const dbus::Details& decoded) {
      std::vector<OtherRow> found;
      add_other(i, decoded, found);
      rows.add(std::move(found));
    };
  };
  each_recorded(version, "GetExportDetails", "ExportMgr", exports, dbus::decode_details,
                add_to(snapshot.export_other));
  each_recorded(version, "GetClientIOops", "ClientMgr", clients, dbus::decode_details,
                add_to(snapshot.client_other));
  for (const auto protocol : {dbus::Protocol::nfsv41, dbus::Protocol::nfsv42}) {
    const auto add = [&](std::optional<UniqueRows<LayoutRow>>& rows) {
      if (!rows) rows.emplace();
      return [&rows, protocol](std::size_t i, const dbus::Layouts& decoded) {
        rows->add(layout_rows(i, name(protocol), decoded));
      };
    };
    const auto* method = dbus::layouts_method(protocol);
    each_recorded(version, method, "ExportMgr", exports, dbus::decode_layouts, add(snapshot.export_layouts));
    each_recorded(version, method, "ClientMgr", clients, dbus::decode_layouts, add(snapshot.client_layouts));
  }
}

void add_server(const std::string& version, Snapshot& snapshot) {
  const auto record = [&](std::string_view method) { return wire_record(version, method).message(); };
  const auto recorded = [&](std::string_view method) { return !wire_records(version, method).empty(); };
  snapshot.operations =
      rows_from<OperationsRow>(dbus::decode_global_operations(record("GetGlobalOPS")).value());
  snapshot.procedures = rows_from<ProcedureRow>(dbus::decode_procedure_calls(record("GetFastOPS")).value());
  std::vector<TimedRow> timed;
  for (auto& one : dbus::decode_timed_procedures(record("GetFULLV3Stats")).value())
    timed.push_back({"NFSv3", std::move(one)});
  for (auto& one : dbus::decode_timed_procedures(record("GetFULLV4Stats")).value())
    timed.push_back({"NFSv4", std::move(one)});
  snapshot.timed_procedures = std::move(timed);
  if (recorded("GetAuthStats"))
    snapshot.auth = rows_from<AuthRow>(dbus::decode_auth(record("GetAuthStats")).value());
  snapshot.mdcache =
      dbus::decode_mdcache(record(recorded("ShowMDCache") ? "ShowMDCache" : "ShowCacheInode")).value();
  if (recorded("ShowFDUsage")) snapshot.fds = dbus::decode_fd_usage(record("ShowFDUsage")).value();
  if (recorded("get_drc_info")) snapshot.drc = dbus::decode_drc(record("get_drc_info")).value();
  if (recorded("GetMemoryStats"))
    snapshot.memory = rows_from<MemoryRow>(dbus::decode_memory(record("GetMemoryStats")).value());
}

void add_client_io(const std::string& version, const dbus::Client& client, Snapshot& snapshot) {
  IoTableBuilder builder;
  for (const auto protocol : dbus::io_protocols)
    for (const auto& record : wire_records(version, dbus::io_method(protocol)))
      if (record.path == "ClientMgr" && record.args == nlohmann::json::array({client.address}))
        if (const auto io = dbus::decode_io(record.message()))
          builder.add(0, std::string(name(protocol)), io->read, io->write);
  snapshot.client_io = finish(std::move(builder));
}

void add_clients(const std::string& version, Snapshot& snapshot) {
  const auto list = dbus::decode_clients(wire_record(version, "ShowClients").message()).value();
  const auto& client = list.clients.at(0);
  constexpr std::string_view mapped = "::ffff:";
  snapshot.clients = {{client.address.substr(mapped.size()), activity(client.last_activity), client.state}};
  snapshot.clients_known = snapshot.clients_active = 1;
  snapshot.clients_dropped = 0;
  add_client_io(version, client, snapshot);
  std::vector<nlohmann::json> exports;
  for (const auto& one : *snapshot.exports) exports.push_back(std::stoi(one.id));
  add_details(version, exports, {client.address}, snapshot);
}

// Different values for every row, here and below.
void add_details_of_all(Snapshot& snapshot) {
  snapshot.export_other = {{0, "NFSv3", 71, 72, 73'000'000}, {1, "NFSv42", 74, 75, 76}};
  snapshot.client_other = {{0, "NFSv41", 77, 78, {}}, {1, "NFSv3", 79, 80, {}}};
  const dbus::Layouts layouts{{}, {81, 82, 83}, {84, 85, 86}, {87, 88, 89}, {90, 91, 92}, {93, 94, 95}};
  snapshot.export_layouts = layout_rows(0, "NFSv41", layouts);
  snapshot.client_layouts = layout_rows(1, "NFSv42", layouts);
  snapshot.delegations = {DelegationRow{0, {101, 102, 103, 104}}};
  snapshot.client_procedures = {{0, {"NFSv3", "GETATTR", 111, 112, 113}},
                                {1, {"NFSv4", "OPEN", 114, 115, {}}}};
}

void add_server_of_all(Snapshot& snapshot) {
  snapshot.operations = {{"NFSv3", 121}, {"NLMv4", 122}};
  snapshot.procedures = {{"NFSv3", "GETATTR", 123}, {"NFSv4", "OPEN", 124}};
  snapshot.timed_procedures = {{"NFSv3", {"GETATTR", 131, 132, 133, {134'000'000, 0.001, 0.135}}},
                               {"NFSv4", {"OPEN", 136, 137, {}, {138'000'000, 0.002, 0.139}}}};
  snapshot.auth = {{"group_cache", 141, {142'000'000, 0.003, 0.143}},
                   {"dns", 144, {145'000'000, 0.004, 0.146}}};
  snapshot.mdcache = {151, 152, 153, 154, 155, 156, 20000, "below_low"};
  snapshot.fds = {20000, 10000, 18000, 19800, 157, "below_high"};
  snapshot.fsal = {"GPFS", {{"read", 161, 0, {}, {162'000'000, 0.005, 0.163}}}};
  snapshot.drc = {171, 172, 173};
  snapshot.memory = {{"HASHTABLE", 181, 182, 183, 184, 185, 186}, {"MDCACHE", 191, 192, 193, 194, -195, 196}};
}

// Different values for every row.
IoTable io_values(std::size_t subjects) {
  IoTableBuilder builder;
  std::uint64_t next = 1000;
  const auto block = [&] {
    next += 10;
    return BasicIO{next, next + 1, next + 2, next + 3, (next + 4) * 1'000'000, (next + 5) * 1000};
  };
  for (std::size_t i = 0; i < subjects; ++i)
    for (const auto* protocol : {"NFSv3", "NFSv40", "NFSv41", "NFSv42"}) {
      const auto read = block();
      builder.add(i, protocol, read, block());
    }
  return finish(std::move(builder));
}

}  // namespace

Snapshot recorded_server(const std::string& version) {
  Snapshot snapshot;
  snapshot.version = version;
  snapshot.in_grace = dbus::decode_grace(wire_record(version, "get_grace").message()).value();
  snapshot.stats =
      rows_from<SwitchRow>(dbus::decode_status(wire_record(version, "StatusStats").message()).value());
  add_exports(version, snapshot);
  add_clients(version, snapshot);
  add_server(version, snapshot);
  succeed(snapshot);
  return snapshot;
}

Snapshot everything_measured() {
  Snapshot snapshot;
  snapshot.version = "2.5";
  snapshot.in_grace = true;
  snapshot.stats = {{"nfs", true, {1795422790, 500000000}}, {"fsal", false, {}}, {"auth", true, {}}};
  snapshot.exports = {
      {"1", "/one", Timestamp{1795422900, 0}, dbus::ExportInfo{1, "/srv/one", "/pseudo/one", "tagged"}},
      {"65535", "/two", std::nullopt, std::nullopt}};
  snapshot.exports_known = 2;
  snapshot.exports_dropped = 6;
  snapshot.exports_missing = {"3 (/three)", "4 (/four)"};
  snapshot.export_io = io_values(2);
  snapshot.clients = {{"10.0.0.1", Timestamp{1795422999, 999999999}, dbus::ClientState{1, 2, 3}},
                      {"fe80::1", std::nullopt, dbus::ClientState{}}};
  snapshot.clients_known = 7;
  snapshot.clients_active = 1;
  snapshot.clients_dropped = 5;
  snapshot.client_io = io_values(2);
  add_details_of_all(snapshot);
  add_server_of_all(snapshot);
  succeed(snapshot);
  return snapshot;
}

Snapshot statistics_off() {
  auto snapshot = everything_measured();
  snapshot.stats = {{"nfs", false, {}}, {"fsal", false, {}}};
  snapshot.export_io.reset();
  snapshot.client_io.reset();
  return snapshot;
}

Snapshot odd_labels() {
  auto snapshot = everything_measured();
  snapshot.version = "4.3-\"\\\n";
  snapshot.exports = {{"1", "/a \"quoted\"\\path\nof two lines", std::nullopt, std::nullopt},
                      {"2", "/\xC3\xBCml\xC3\xA4ut/{x=\"y\"} # no comment", std::nullopt, std::nullopt}};
  snapshot.clients = {{"<unknown>", std::nullopt, std::nullopt}, {"a\\n\"b\",c", std::nullopt, std::nullopt}};
  return snapshot;
}

Snapshot nothing_measured() {
  auto snapshot = everything_measured();
  IoTableBuilder exports, clients;
  exports.add(0, "NFSv3", {0, 5000, 6, 1, 0, 0}, {2500, 2500, 3, 0, 0, 0});
  clients.add(1, "NFSv41", {0, 60, 3, 0, 0, 0}, {0, 102, 6, 0, 0, 0});
  snapshot.export_io = finish(std::move(exports));
  snapshot.client_io = finish(std::move(clients));
  return snapshot;
}

Snapshot with_built_in_page(Snapshot snapshot, const std::vector<std::string>& files, BesideBus beside) {
  std::string text;
  for (const auto& name : files) {
    std::ifstream file(std::string(GANESHA_FIXTURES) + "/built_in/" + name + ".txt");
    text.append(std::istreambuf_iterator<char>(file), {});
  }
  auto page = read_page(text, {}, {}, beside);
  if (!page) throw std::runtime_error(page.error());
  snapshot.built_in = std::make_shared<BuiltInPage>(std::move(*page));
  // Exports of these pages that the replies of the bus do not have: those that it does not list are not
  // shown.
  if (snapshot.exports) {
    snapshot.exports->push_back({"3", "/srv/data2", std::nullopt, std::nullopt});
    snapshot.exports->push_back({"7", "/seven", std::nullopt, std::nullopt});
  }
  return snapshot;
}

ScrapeState usual_live(SnapshotPtr last_poll) {
  ScrapeState state;
  state.up = true;
  state.fresh = true;
  state.signs = {{"heartbeat", "", true}};
  state.heartbeats = 42;
  state.last_heartbeat = poll_time + std::chrono::seconds(1);
  state.owner_changes = 1;
  state.bus_connected = true;
  state.enabled.set();
  state.last_poll = std::move(last_poll);
  state.last_fetch = poll_time - std::chrono::seconds(20);
  state.suspended_methods = {"ExportMgr.ShowExports"};
  state.log_lines_dropped = 7;
  state.config_reload = ConfigReload{false, poll_time - std::chrono::hours(1)};
  state.version = "1.2.3";
  state.revision = "abcdef0";
  return state;
}

ScrapeState down_live(SnapshotPtr last_poll) {
  auto state = usual_live(std::move(last_poll));
  state.up = false;
  state.fresh = false;
  state.signs = {{"heartbeat", "", false}};
  return state;
}

ScrapeState busless_live(SnapshotPtr last_poll) {
  auto state = usual_live(std::move(last_poll));
  state.signs = {{"null_call", "192.0.2.1:2049", true}};
  state.heartbeats.reset();
  state.last_heartbeat.reset();
  state.owner_changes.reset();
  state.bus_connected.reset();
  state.suspended_methods.clear();
  return state;
}

Snapshot nothing_supported() {
  Snapshot snapshot;
  snapshot.complete = true;
  snapshot.taken = poll_time;
  for (auto& outcome : snapshot.outcomes) outcome.supported = false;
  return snapshot;
}

}  // namespace ganesha::test
