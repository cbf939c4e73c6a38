#include "snapshots.hpp"

#include "dbus/decode.hpp"
#include "dbus/methods.hpp"
#include "exporter/io_table.hpp"
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
  MeasuredSoFar so_far;
  return std::move(builder).finish(so_far);
}

void add_exports(const std::string& version, Snapshot& snapshot) {
  const auto list = dbus::decode_exports(wire_record(version, "ShowExports").message()).value();
  const auto io = dbus::decode_export_io(wire_record(version, "GetNFSIO").message()).value();
  IoTableBuilder builder;
  snapshot.exports.emplace();
  for (const auto& one : list.exports) {
    const auto index = snapshot.exports->size();
    snapshot.exports->push_back({std::to_string(one.id), one.path, activity(one.last_activity)});
    for (const auto& row : io.rows)
      if (row.export_id == one.id) builder.add(index, row.protocol, row.read, row.write);
  }
  snapshot.export_io = finish(std::move(builder));
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
  snapshot.clients_active = 1;
  add_client_io(version, client, snapshot);
}

// Different figures for every row.
IoTable figures(std::size_t subjects) {
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
  const auto properties = wire_record(version, "GetAll").reply.at(0);
  Snapshot snapshot;
  snapshot.version =
      dbus::decode_version(wire_message("v", nlohmann::json::array({properties.at("VERSION_RELEASE")})))
          .value();
  snapshot.in_grace = dbus::decode_grace(wire_record(version, "get_grace").message()).value();
  snapshot.stats = dbus::decode_status(wire_record(version, "StatusStats").message(), true).value();
  add_exports(version, snapshot);
  add_clients(version, snapshot);
  succeed(snapshot);
  return snapshot;
}

Snapshot everything_measured() {
  Snapshot snapshot;
  snapshot.version = "2.5";
  snapshot.in_grace = true;
  snapshot.stats = {{"nfs", true, {1795422790, 500000000}}, {"fsal", false, {}}};
  snapshot.exports = {{"1", "/one", Timestamp{1795422900, 0}}, {"65535", "/two", std::nullopt}};
  snapshot.export_io = figures(2);
  snapshot.clients = {{"10.0.0.1", Timestamp{1795422999, 999999999}, dbus::ClientState{1, 2, 3}},
                      {"fe80::1", std::nullopt, dbus::ClientState{}}};
  snapshot.clients_active = 1;
  snapshot.client_io = figures(2);
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
  snapshot.exports = {{"1", "/a \"quoted\"\\path\nof two lines", std::nullopt},
                      {"2", "/\xC3\xBCml\xC3\xA4ut/{x=\"y\"} # no comment", std::nullopt}};
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

Live usual_live(SnapshotPtr last_poll) {
  Live live;
  live.up = true;
  live.heartbeats = 42;
  live.last_heartbeat = poll_time + std::chrono::seconds(1);
  live.owner_changes = 1;
  live.bus_connected = true;
  live.enabled.set();
  live.last_poll = std::move(last_poll);
  live.version = "1.2.3";
  live.revision = "abcdef0";
  return live;
}

Live down_live(SnapshotPtr last_poll) {
  auto live = usual_live(std::move(last_poll));
  live.up = false;
  return live;
}

}  // namespace ganesha::test
