#include "decode.hpp"

#include <array>
#include <cstdint>

#include "decode_common.hpp"
#include "signature_parser.hpp"

namespace ganesha::dbus {
namespace {

constexpr std::string_view io_signature = "bs(tt)(tttttt)(tttttt)";
constexpr std::string_view export_io_signature = "bs(tt)a(qs(tttttt)(tttttt))";
constexpr std::string_view clients_signature =
    "(tt)a(s[b]((sb)...)[t][(ststst)](tt)) or (tt)a(sbbbbbbbb(tt))";
constexpr std::string_view exports_signature = "(tt)a(qs((sb)...)[t](tt)) or (tt)a(qsbbbbbbbb(tt))";
constexpr std::string_view status_signature = "bs(b(tt))...";

// The text beside `true` when Enable_NFS_Stats is off.
constexpr std::string_view counting_disabled = "NFS stat counting disabled";

// The order of the eight booleans that servers up to 3.5 send.
constexpr std::array flat_order = {Protocol::nfsv3,  Protocol::mnt,    Protocol::nlmv4,  Protocol::rquota,
                                   Protocol::nfsv40, Protocol::nfsv41, Protocol::nfsv42, Protocol::ninep};

BasicIO read_io(MessageReader& in) {
  in.enter_struct("tttttt");
  BasicIO io{in.u64(), in.u64(), in.u64(), in.u64(), in.u64(), in.u64()};
  in.leave();
  return io;
}

ProtocolSet read_flat_protocols(MessageReader& in) {
  ProtocolSet set;
  for (const auto protocol : flat_order) set[static_cast<std::size_t>(protocol)] = in.boolean();
  return set;
}

ProtocolSet read_protocols(MessageReader& in, const EntryLayout& layout) {
  if (layout.flat) return read_flat_protocols(in);
  ProtocolSet set;
  in.enter_struct();
  for (std::size_t i = 0; i < layout.protocols; ++i) {
    in.enter_struct("sb");
    const auto protocol = parse_protocol(in.text());
    const bool used = in.boolean();
    if (protocol) set[static_cast<std::size_t>(*protocol)] = used;
    in.leave();
  }
  in.leave();
  return set;
}

ClientState read_state(MessageReader& in) {
  ClientState state;
  in.enter_struct("ststst");
  for (int i = 0; i < 3; ++i) {
    const auto label = in.text();
    const auto value = in.u64();
    if (label == "Open") state.open = value;
    if (label == "Lock") state.lock = value;
    if (label == "Delegation") state.delegation = value;
  }
  in.leave();
  return state;
}

Client read_client(MessageReader& in, const EntryLayout& layout) {
  Client client;
  in.enter_struct();
  client.address = in.text();
  if (layout.connected) client.connected = in.boolean();
  client.protocols = read_protocols(in, layout);
  if (layout.operations) client.operations = in.u64();
  if (layout.state) client.state = read_state(in);
  client.last_activity = read_time(in);
  in.leave();
  return client;
}

Export read_export(MessageReader& in, const EntryLayout& layout) {
  Export entry;
  in.enter_struct();
  entry.id = in.u16();
  entry.path = in.text();
  entry.protocols = read_protocols(in, layout);
  if (layout.operations) entry.operations = in.u64();
  entry.last_activity = read_time(in);
  in.leave();
  return entry;
}

void read_export_io(MessageReader& in, ExportIO& io) {
  in.enter_struct();
  const auto id = in.u16();
  io.rows.push_back({id, std::string(in.text()), read_io(in), read_io(in)});
  in.leave();
}

using SwitchNames = std::vector<std::string_view>;

const SwitchNames switch_names{"nfs", "fsal", "v3_full", "v4_full", "auth", "client_all_ops"};

// How many switches StatusStats replied with; 0 if the signature is unknown.
std::size_t count_switches(std::string_view signature) {
  std::size_t count = 0;
  if (!consume_prefix(signature, "bs")) return 0;
  while (consume_prefix(signature, "(b(tt))")) ++count;
  return signature.empty() ? count : 0;
}

// Servers send the first few of the switches, in the order of `names`.
result<std::vector<StatsSwitch>> decode_switches(const Message& reply, SwitchNames names) {
  MessageReader in(reply);
  const auto count = count_switches(reply.signature());
  const bool known = count > 0 && count <= names.size();
  if (auto error = check_head(reply, in, known, status_signature)) return *std::move(error);
  names.resize(count);
  std::vector<StatsSwitch> switches;
  for (const auto name : names) {
    in.enter_struct();
    const bool enabled = in.boolean();
    switches.push_back({name, enabled, read_time(in)});
    in.leave();
  }
  return finish(in, std::move(switches));
}

// Real objects describe themselves in some 10,000 bytes.
constexpr std::size_t longest_description = 200'000;

std::string_view next_method(std::string_view& xml) {
  constexpr std::string_view opening = "<method name=\"";
  const auto at = xml.find(opening);
  if (at == xml.npos) return {};
  xml.remove_prefix(at + opening.size());
  return xml.substr(0, xml.find('"'));
}

}  // namespace

result<BasicStats> decode_io(const Message& reply) {
  MessageReader in(reply);
  std::string_view text;
  if (auto error = check_head(reply, in, reply.signature() == io_signature, io_signature, text))
    return *std::move(error);
  BasicStats stats;
  stats.counting = text != counting_disabled;
  stats.counting_since = read_time(in);
  stats.read = read_io(in);
  stats.write = read_io(in);
  return finish(in, std::move(stats));
}

result<ReadEntry<ExportIO>> begin_export_io(const Message& reply, MessageReader& in, ExportIO& io) {
  std::string_view text;
  if (auto error = check_head(reply, in, reply.signature() == export_io_signature, export_io_signature, text))
    return *std::move(error);
  io.counting = text != counting_disabled;
  io.counting_since = read_time(in);
  return ReadEntry<ExportIO>(read_export_io);
}

result<ReadEntry<ExportList>> begin_exports(const Message& reply, MessageReader& in, ExportList& list) {
  const auto layout = parse_list_signature(reply.signature(), "qs");
  if (!layout || layout->connected || layout->state) return malformed(reply, exports_signature);
  list.time = read_time(in);
  return ReadEntry<ExportList>([layout = *layout](MessageReader& entry, ExportList& exports) {
    exports.exports.push_back(read_export(entry, layout));
  });
}

result<ReadEntry<ClientList>> begin_clients(const Message& reply, MessageReader& in, ClientList& list) {
  const auto layout = parse_list_signature(reply.signature(), "s");
  if (!layout) return malformed(reply, clients_signature);
  list.time = read_time(in);
  return ReadEntry<ClientList>([layout = *layout](MessageReader& entry, ClientList& clients) {
    clients.clients.push_back(read_client(entry, layout));
  });
}

result<ExportIO> decode_export_io(const Message& reply) { return decode_array(reply, array_of<ExportIO>); }
result<ExportList> decode_exports(const Message& reply) { return decode_array(reply, array_of<ExportList>); }
result<ClientList> decode_clients(const Message& reply) { return decode_array(reply, array_of<ClientList>); }

result<std::vector<StatsSwitch>> decode_status(const Message& reply) {
  return decode_switches(reply, switch_names);
}

result<std::vector<StatsSwitch>> decode_status_without_nfsv3(const Message& reply) {
  auto names = switch_names;
  if (count_switches(reply.signature()) < names.size()) std::erase(names, "v3_full");
  return decode_switches(reply, std::move(names));
}

result<bool> decode_grace(const Message& reply) {
  constexpr std::string_view expected = "bbs";
  if (reply.signature() != expected) return malformed(reply, expected);
  MessageReader in(reply);
  const bool in_grace = in.boolean();
  std::string_view text;
  if (auto refused = read_refusal(in, text)) return *std::move(refused);
  return in_grace;
}

result<std::string> decode_version(const Message& reply) {
  constexpr std::string_view expected = "v";
  if (reply.signature() != expected) return malformed(reply, expected);
  MessageReader in(reply);
  in.enter_variant();
  std::string version(in.text());
  return finish(in, std::move(version));
}

result<MethodNames> decode_methods(const Message& reply) {
  constexpr std::string_view expected = "s";
  if (reply.signature() != expected) return malformed(reply, expected);
  MessageReader in(reply);
  auto xml = in.text();
  if (xml.size() > longest_description)
    return Error{errc::malformed_reply, "a description of " + std::to_string(xml.size()) + " bytes"};
  MethodNames methods;
  for (auto name = next_method(xml); !name.empty(); name = next_method(xml)) methods.emplace(name);
  return finish(in, std::move(methods));
}

result<std::string> decode_string(const Message& reply) {
  constexpr std::string_view expected = "s";
  if (reply.signature() != expected) return malformed(reply, expected);
  MessageReader in(reply);
  std::string text(in.text());
  return finish(in, std::move(text));
}

}  // namespace ganesha::dbus
