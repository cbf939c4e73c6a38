#include "fake_answers.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <iterator>

namespace fake {
namespace {

void append(sd_bus_message* reply, const Moment& moment) {
  check(sd_bus_message_append(reply, "(tt)", moment.seconds, moment.nanoseconds));
}

void append(sd_bus_message* reply, const IoBlock& io) {
  check(sd_bus_message_append(reply, "(tttttt)", io.requested_bytes, io.transferred_bytes, io.operations,
                              io.errors, io.latency_ns, io.queue_wait_ns));
}

void append_status(sd_bus_message* reply, bool ok, const char* text) {
  check(sd_bus_message_append(reply, "bs", static_cast<int>(ok), text));
}

Moment head_time(const World& world) {
  return world.layout.head_is_now ? now() : world.model.counting_since();
}

void append_io_head(const World& world, sd_bus_message* reply) {
  append_status(reply, true, world.model.stats_on() ? "OK" : "NFS stat counting disabled");
  append(reply, head_time(world));
}

void append_read_and_write(const World& world, sd_bus_message* reply, Owner owner, const Counted& counted,
                           Protocol protocol) {
  for (const Operation operation : {Operation::read, Operation::write}) {
    append(reply, as_told(world.layout, owner, operation, world.model.io(counted, protocol, operation)));
  }
}

bool is_marked(ProtocolSet used, std::string_view name) {
  const auto* const found = std::ranges::find(protocols, name, name_of);
  return found != protocols.end() && uses(used, *found);
}

void append_marks(const Layout& layout, sd_bus_message* reply, ProtocolSet used) {
  if (layout.marks == Marks::booleans) {
    for (const char* name : mark_names(layout)) {
      check(sd_bus_message_append(reply, "b", static_cast<int>(is_marked(used, name))));
    }
    return;
  }
  const std::string whole = marks_signature(layout);
  check(sd_bus_message_open_container(reply, 'r', whole.substr(1, whole.size() - 2).c_str()));
  for (const char* name : mark_names(layout)) {
    check(sd_bus_message_append(reply, "(sb)", name, static_cast<int>(is_marked(used, name))));
  }
  check(sd_bus_message_close_container(reply));
}

void append_states(sd_bus_message* reply, const Counted& counted) {
  check(sd_bus_message_append(reply, "(ststst)", "Open", counted.index % 7, "Lock", counted.index % 3,
                              "Delegation", counted.index % 2));
}

// What follows an entry's name in ShowClients and ShowExports.
void append_entry_tail(const World& world, sd_bus_message* reply, Owner owner, const Counted& counted) {
  append_marks(world.layout, reply, counted.protocols);
  if (world.layout.all_operations) {
    check(sd_bus_message_append(reply, "t", world.model.all_operations(counted)));
  }
  if (owner == Owner::client && world.layout.states) append_states(reply, counted);
  append(reply, counted.last_activity);
}

void append_io_of_export(const World& world, sd_bus_message* reply, const Export& shown) {
  for (const Protocol protocol : nfs_protocols) {
    if (!uses(shown.counted.protocols, protocol)) continue;
    check(sd_bus_message_open_container(reply, 'r', "qs(tttttt)(tttttt)"));
    check(sd_bus_message_append(reply, "qs", static_cast<int>(shown.id), name_of(protocol)));
    append_read_and_write(world, reply, Owner::export_, shown.counted, protocol);
    check(sd_bus_message_close_container(reply));
  }
}

// "Export does not have any NFSv4.1 activity"
std::string no_activity(std::string_view owner, Protocol protocol) {
  std::string version = name_of(protocol);
  if (protocol != Protocol::nfsv3) version.insert(version.size() - 1, ".");
  return std::string(owner) + " does not have any " + version + " activity";
}

void append_io(const World& world, sd_bus_message* reply, Owner owner, const Counted& counted,
               Protocol protocol) {
  if (!uses(counted.protocols, protocol)) {
    const std::string text = no_activity(owner == Owner::client ? "Client" : "Export", protocol);
    return append_status(reply, false, text.c_str());
  }
  append_io_head(world, reply);
  append_read_and_write(world, reply, owner, counted, protocol);
}

std::string bad_argument(sd_bus_message* call, const std::string& wanted) {
  return sd_bus_message_is_empty(call) > 0 ? "missing argument" : "arg not " + wanted;
}

bool is_ip_address(const char* text) {
  in6_addr address{};
  return inet_pton(AF_INET, text, &address) == 1 || inet_pton(AF_INET6, text, &address) == 1;
}

void require_admin(const char* interface) {
  if (std::string_view(interface) != "org.ganesha.nfsd.admin") throw CallError(interface);
}

}  // namespace

void show_clients(const World& world, sd_bus_message*, sd_bus_message* reply) {
  const std::string entry = client_entry_signature(world.layout);
  append(reply, now());
  check(sd_bus_message_open_container(reply, 'a', ("(" + entry + ")").c_str()));
  for (const Client& client : world.model.clients()) {
    check(sd_bus_message_open_container(reply, 'r', entry.c_str()));
    check(sd_bus_message_append(reply, "s", client.address.c_str()));
    if (world.layout.connected) check(sd_bus_message_append(reply, "b", 1));
    append_entry_tail(world, reply, Owner::client, client.counted);
    check(sd_bus_message_close_container(reply));
  }
  check(sd_bus_message_close_container(reply));
}

void show_exports(const World& world, sd_bus_message*, sd_bus_message* reply) {
  const std::string entry = export_entry_signature(world.layout);
  append(reply, head_time(world));
  check(sd_bus_message_open_container(reply, 'a', ("(" + entry + ")").c_str()));
  for (const auto& [id, shown] : world.model.exports()) {
    check(sd_bus_message_open_container(reply, 'r', entry.c_str()));
    check(sd_bus_message_append(reply, "qs", static_cast<int>(id), shown.path.c_str()));
    append_entry_tail(world, reply, Owner::export_, shown.counted);
    check(sd_bus_message_close_container(reply));
  }
  check(sd_bus_message_close_container(reply));
}

void get_nfs_io(const World& world, sd_bus_message*, sd_bus_message* reply) {
  append_io_head(world, reply);
  check(sd_bus_message_open_container(reply, 'a', "(qs(tttttt)(tttttt))"));
  for (const auto& [id, shown] : world.model.exports()) append_io_of_export(world, reply, shown);
  check(sd_bus_message_close_container(reply));
}

template <Protocol protocol>
void get_export_io(const World& world, sd_bus_message* call, sd_bus_message* reply) {
  std::uint16_t id = 0;
  const bool is_id = sd_bus_message_read_basic(call, 'q', &id) > 0;
  const Export* const found = is_id ? world.model.find_export(id) : nullptr;
  if (found != nullptr) return append_io(world, reply, Owner::export_, found->counted, protocol);
  // Ganesha's NFSv3 query has one text for every failed look-up.
  if (protocol == Protocol::nfsv3) return append_status(reply, false, "No export available");
  append_status(reply, false, is_id ? "Export id not found" : bad_argument(call, "a 16 bit integer").c_str());
}

template <Protocol protocol>
void get_client_io(const World& world, sd_bus_message* call, sd_bus_message* reply) {
  const char* address = nullptr;
  const bool is_text = sd_bus_message_read_basic(call, 's', &address) > 0;
  if (!is_text) return append_status(reply, false, bad_argument(call, "a string").c_str());
  const Client* const found = world.model.find_client(address);
  if (found != nullptr) return append_io(world, reply, Owner::client, found->counted, protocol);
  append_status(reply, false,
                is_ip_address(address) ? "Client IP address not found" : "can't decode client address");
}

namespace {

// Read, write and other operations of one protocol; in 15.2 with an average latency, which stays 0, and
// layouts.
void append_ops(const World& world, sd_bus_message* reply, const Counted& counted, Protocol protocol) {
  const bool averages = world.layout.all_operations;
  const bool layouts = protocol == Protocol::nfsv41 || protocol == Protocol::nfsv42;
  for (const Operation operation : {Operation::read, Operation::write}) {
    const auto io = world.model.io(counted, protocol, operation);
    if (averages)
      check(sd_bus_message_append(reply, "(ttdt)", io.operations, io.errors, 0.0, io.transferred_bytes));
    else
      check(sd_bus_message_append(reply, "(ttt)", io.operations, io.errors, io.transferred_bytes));
  }
  const auto other = world.model.other(counted, protocol);
  if (averages)
    check(sd_bus_message_append(reply, "(ttd)", other.operations, other.errors, 0.0));
  else
    check(sd_bus_message_append(reply, "(tt)", other.operations, other.errors));
  if (layouts && averages)
    check(sd_bus_message_append(reply, "(ttt)", std::uint64_t{0}, std::uint64_t{0}, std::uint64_t{0}));
  if (layouts && !averages) check(sd_bus_message_append(reply, "(tt)", std::uint64_t{0}, std::uint64_t{0}));
}

constexpr const char* all_ops_entry =
    "s(tt)b(ttdt)(ttdt)(ttd)b(ttdt)(ttdt)(ttd)b(ttdt)(ttdt)(ttd)(ttt)b(ttdt)(ttdt)(ttd)(ttt)";

}  // namespace

void get_client_ops(const World& world, sd_bus_message* call, sd_bus_message* reply) {
  const char* address = nullptr;
  if (sd_bus_message_read_basic(call, 's', &address) <= 0)
    return append_status(reply, false, bad_argument(call, "a string").c_str());
  const Client* const found = world.model.find_client(address);
  if (found == nullptr) return append_status(reply, false, "Client IP address not found");
  append_status(reply, true, "OK");
  append(reply, found->counted.last_activity);
  for (const Protocol protocol : nfs_protocols) {
    const bool used = uses(found->counted.protocols, protocol);
    check(sd_bus_message_append(reply, "b", static_cast<int>(used)));
    if (used) append_ops(world, reply, found->counted, protocol);
  }
}

void refuse_client_all_ops(sd_bus_message* reply) {
  append_status(reply, false, "Stat counting for all ops for clients is disabled");
}

void get_all_client_ops(const World& world, sd_bus_message*, sd_bus_message* reply) {
  if (!world.counts_client_all_ops) return refuse_client_all_ops(reply);
  append_status(reply, true, "OK");
  append(reply, now());
  check(sd_bus_message_open_container(reply, 'a', ("(" + std::string(all_ops_entry) + ")").c_str()));
  for (const Client& client : world.model.clients()) {
    check(sd_bus_message_open_container(reply, 'r', all_ops_entry));
    check(sd_bus_message_append(reply, "s", client.address.c_str()));
    append(reply, client.counted.last_activity);
    for (const Protocol protocol : nfs_protocols) {
      const bool used = uses(client.counted.protocols, protocol);
      check(sd_bus_message_append(reply, "b", static_cast<int>(used)));
      append_ops(world, reply, used ? client.counted : Counted{}, protocol);
    }
    check(sd_bus_message_close_container(reply));
  }
  check(sd_bus_message_close_container(reply));
}

namespace {

// READ and WRITE, as rows of a name, calls and errors; for NFSv3 and NLM of duplicates too.
void append_procedures(const World& world, sd_bus_message* reply, const Counted& counted, bool present,
                       std::initializer_list<Protocol> protocols, const char* row) {
  const bool duplicates = std::string_view(row) == "sttt";
  check(sd_bus_message_append(reply, "b", static_cast<int>(present)));
  check(sd_bus_message_open_container(reply, 'a', ("(" + std::string(row) + ")").c_str()));
  for (const Operation operation : {Operation::read, Operation::write}) {
    if (!present) break;
    std::uint64_t calls = 0, errors = 0;
    for (const Protocol protocol : protocols) {
      const auto io = world.model.io(counted, protocol, operation);
      calls += io.operations;
      errors += io.errors;
    }
    const char* const name = operation == Operation::read ? "READ" : "WRITE";
    if (duplicates)
      check(sd_bus_message_append(reply, "(sttt)", name, calls, errors, std::uint64_t{0}));
    else
      check(sd_bus_message_append(reply, "(stt)", name, calls, errors));
  }
  check(sd_bus_message_close_container(reply));
}

constexpr const char* all_procedures_entry = "s(tt)ba(sttt)ba(sttt)ba(stt)bttt";

}  // namespace

void get_all_client_procedures(const World& world, sd_bus_message*, sd_bus_message* reply) {
  if (!world.counts_client_all_ops) return refuse_client_all_ops(reply);
  append_status(reply, true, "OK");
  append(reply, now());
  check(sd_bus_message_open_container(reply, 'a', ("(" + std::string(all_procedures_entry) + ")").c_str()));
  for (const Client& client : world.model.clients()) {
    const Counted& counted = client.counted;
    check(sd_bus_message_open_container(reply, 'r', all_procedures_entry));
    check(sd_bus_message_append(reply, "s", client.address.c_str()));
    append(reply, counted.last_activity);
    append_procedures(world, reply, counted, uses(counted.protocols, Protocol::nfsv3), {Protocol::nfsv3},
                      "sttt");
    append_procedures(world, reply, counted, false, {}, "sttt");
    append_procedures(world, reply, counted, uses(counted.protocols, Protocol::nfsv41), {Protocol::nfsv41},
                      "stt");
    check(sd_bus_message_append(reply, "bttt", 0, std::uint64_t{0}, std::uint64_t{0}, std::uint64_t{0}));
    check(sd_bus_message_close_container(reply));
  }
  check(sd_bus_message_close_container(reply));
}

// Of the optional statistics the last, client_all_ops, is a flag's to say; the others are off, as they are by
// default, unless they were recorded.
void status_stats(const World& world, sd_bus_message*, sd_bus_message* reply) {
  const Moment since = world.model.counting_since();
  append_status(reply, true, "OK");
  check(sd_bus_message_append(reply, "(b(tt))", static_cast<int>(world.model.stats_on()), since.seconds,
                              since.nanoseconds));
  constexpr int client_all_ops = 5;
  for (int i = 1; i < world.layout.status_structs; ++i) {
    const bool on = i == client_all_ops ? world.counts_client_all_ops : !world.recorded.empty();
    check(sd_bus_message_append(reply, "(b(tt))", static_cast<int>(on), std::uint64_t{0}, std::uint64_t{0}));
  }
}

// An empty table has one row of its own.
void get_full_v3_stats(const World&, sd_bus_message*, sd_bus_message* reply) {
  append_status(reply, true, "OK");
  check(sd_bus_message_append(reply, "(tt)a(stttddd)s", std::uint64_t{0}, std::uint64_t{0}, 1, "None",
                              std::uint64_t{0}, std::uint64_t{0}, std::uint64_t{0}, 0.0, 0.0, 0.0, "OK"));
}

void get_grace(const World& world, sd_bus_message*, sd_bus_message* reply) {
  check(sd_bus_message_append(reply, "bbs", static_cast<int>(world.in_grace), 1, "get grace success"));
}

void introspect(const World& world, sd_bus_message* call, sd_bus_message* reply) {
  const std::string_view path = sd_bus_message_get_path(call);
  check(sd_bus_message_append(reply, "s", introspection(world, path.substr(object_root.size())).c_str()));
}

void get_property(const World& world, sd_bus_message* call, sd_bus_message* reply) {
  const char* interface = nullptr;
  const char* name = nullptr;
  check(sd_bus_message_read(call, "ss", &interface, &name));
  require_admin(interface);
  if (std::string_view(name) != "VERSION_RELEASE") throw CallError(name);
  check(sd_bus_message_append(reply, "v", "s", std::string(world.layout.version).c_str()));
}

void get_properties(const World& world, sd_bus_message* call, sd_bus_message* reply) {
  const char* interface = nullptr;
  check(sd_bus_message_read(call, "s", &interface));
  require_admin(interface);
  check(sd_bus_message_append(reply, "a{sv}", 1, "VERSION_RELEASE", "s",
                              std::string(world.layout.version).c_str()));
}

template void get_export_io<Protocol::nfsv3>(const World&, sd_bus_message*, sd_bus_message*);
template void get_export_io<Protocol::nfsv40>(const World&, sd_bus_message*, sd_bus_message*);
template void get_export_io<Protocol::nfsv41>(const World&, sd_bus_message*, sd_bus_message*);
template void get_export_io<Protocol::nfsv42>(const World&, sd_bus_message*, sd_bus_message*);
template void get_export_io<Protocol::ninep>(const World&, sd_bus_message*, sd_bus_message*);
template void get_client_io<Protocol::nfsv3>(const World&, sd_bus_message*, sd_bus_message*);
template void get_client_io<Protocol::nfsv40>(const World&, sd_bus_message*, sd_bus_message*);
template void get_client_io<Protocol::nfsv41>(const World&, sd_bus_message*, sd_bus_message*);
template void get_client_io<Protocol::nfsv42>(const World&, sd_bus_message*, sd_bus_message*);
template void get_client_io<Protocol::ninep>(const World&, sd_bus_message*, sd_bus_message*);

}  // namespace fake
