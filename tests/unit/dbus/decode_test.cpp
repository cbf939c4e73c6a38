#include "dbus/decode.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <sstream>

#include "dbus/methods.hpp"
#include "records.hpp"
#include "wire_message.hpp"

namespace {

using namespace ganesha::dbus;
using namespace ganesha::test;
using ganesha::test::as_json;
using nlohmann::json;
using namespace nlohmann::literals;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// ---- a record as JSON ----

json as_json(const BasicIO& io) {
  return {io.requested_bytes, io.transferred_bytes, io.operations,
          io.errors,          io.latency_ns,        io.queue_wait_ns};
}

json as_json(const BasicStats& stats) {
  return {{"since", as_json(stats.counting_since)},
          {"counting", stats.counting},
          {"read", as_json(stats.read)},
          {"write", as_json(stats.write)}};
}

json as_json(const ExportIO& io) {
  json rows = json::array();
  for (const auto& row : io.rows)
    rows.push_back(json::array({row.export_id, row.protocol, as_json(row.read), as_json(row.write)}));
  return {{"since", as_json(io.counting_since)}, {"counting", io.counting}, {"rows", rows}};
}

json as_json(const ProtocolSet& set) {
  json names = json::object();
  for (std::size_t i = 0; i < protocol_count; ++i)
    if (set[i]) names[std::string(name(static_cast<Protocol>(i)))] = true;
  return names;
}

template <class Entry>
json entry_as_json(const Entry& entry) {
  json out = {{"protocols", as_json(entry.protocols)}, {"last", as_json(entry.last_activity)}};
  if (entry.operations) out["operations"] = *entry.operations;
  return out;
}

json as_json(const Export& entry) {
  json out = entry_as_json(entry);
  out["id"] = entry.id;
  out["path"] = entry.path;
  return out;
}

json as_json(const Client& entry) {
  json out = entry_as_json(entry);
  out["address"] = entry.address;
  if (entry.connected) out["connected"] = *entry.connected;
  if (entry.state)
    out["state"] = {
        {"Open", entry.state->open}, {"Lock", entry.state->lock}, {"Delegation", entry.state->delegation}};
  return out;
}

json as_json(const ExportList& list) {
  json entries = json::array();
  for (const auto& entry : list.exports) entries.push_back(as_json(entry));
  return {{"time", as_json(list.time)}, {"entries", entries}};
}

json as_json(const ClientList& list) {
  json entries = json::array();
  for (const auto& entry : list.clients) entries.push_back(as_json(entry));
  return {{"time", as_json(list.time)}, {"entries", entries}};
}

json as_json(const std::vector<StatsSwitch>& switches) {
  json out = json::array();
  for (const auto& one : switches) out.push_back(json::array({one.name, one.enabled, as_json(one.since)}));
  return out;
}

template <class T>
json as_json(const result<T>& outcome) {
  return outcome ? as_json(*outcome) : error_as_json(outcome.error());
}

// ---- the same from a reply, by the shape of its values ----

json expected_io(const json& reply) {
  if (!reply[0]) return expected_refusal(reply);
  return {{"since", reply[2]}, {"counting", true}, {"read", reply[3]}, {"write", reply[4]}};
}

// Takes the marks of the protocols, which begin at `entry[at]`.
json take_protocols(const json& entry, std::size_t& at) {
  json names = json::object();
  if (entry[at].is_boolean()) {
    for (const auto* protocol : {"NFSv3", "MNT", "NLMv4", "RQUOTA", "NFSv40", "NFSv41", "NFSv42", "9P"})
      if (entry[at++]) names[protocol] = true;
    return names;
  }
  for (const auto& pair : entry[at++])
    if (pair[1]) names[pair[0] == "NMLv4" ? "NLMv4" : pair[0].get<std::string>()] = true;
  return names;
}

json expected_entry(const json& entry, bool with_id) {
  json out;
  std::size_t at = 0;
  if (with_id) out["id"] = entry[at++];
  out[with_id ? "path" : "address"] = entry[at++];
  out["protocols"] = take_protocols(entry, at);
  if (entry[at].is_number()) out["operations"] = entry[at++];
  if (const auto& state = entry[at]; state[0] == "Open") {
    out["state"] = {{state[0], state[1]}, {state[2], state[3]}, {state[4], state[5]}};
    ++at;
  }
  out["last"] = entry[at++];
  EXPECT_EQ(at, entry.size());
  return out;
}

json expected_list(const json& reply, bool with_id) {
  json entries = json::array();
  for (const auto& entry : reply[1]) entries.push_back(expected_entry(entry, with_id));
  return {{"time", reply[0]}, {"entries", entries}};
}

// ---- every recorded reply ----

INSTANTIATE_TEST_SUITE_P(Of, EveryRecord, testing::ValuesIn(recorded_versions), [](const auto& test) {
  std::string name = std::string("Ganesha_") + test.param;
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
});

TEST_P(EveryRecord, HasTheSignatureThatItWasRecordedWith) {
  for (const auto& one : wire_records(GetParam())) {
    const auto message = one.message();
    EXPECT_EQ(message.signature(), one.signature) << one.method;
  }
}

TEST_P(EveryRecord, OfShowClientsGivesItsClients) {
  const auto one = record("ShowClients");
  EXPECT_EQ(as_json(decode_clients(one.message())), expected_list(one.reply, false));
}

TEST_P(EveryRecord, OfShowExportsGivesItsExports) {
  const auto one = record("ShowExports");
  EXPECT_EQ(as_json(decode_exports(one.message())), expected_list(one.reply, true));
}

TEST_P(EveryRecord, OfGetNfsIoGivesItsRows) {
  const auto one = record("GetNFSIO");
  const json expected = {{"since", one.reply[2]}, {"counting", true}, {"rows", one.reply[3]}};
  EXPECT_GT(one.reply[3].size(), 1U);
  EXPECT_EQ(as_json(decode_export_io(one.message())), expected);
}

TEST_P(EveryRecord, OfAnIoCallGivesItsFiguresOrItsRefusal) {
  std::size_t accepted = 0, refused = 0;
  for (const auto* method : {"GetNFSv3IO", "GetNFSv40IO", "GetNFSv41IO", "GetNFSv42IO"}) {
    for (const auto& one : records(method)) {
      EXPECT_EQ(as_json(decode_io(one.message())), expected_io(one.reply)) << method << ' ' << one.args;
      ++(one.reply[0] ? accepted : refused);
    }
  }
  EXPECT_GE(accepted, 6U);
  EXPECT_GE(refused, 6U);
}

TEST_P(EveryRecord, OfStatusStatsGivesItsSwitches) {
  const auto one = record("StatusStats");
  json expected = json::array();
  std::size_t at = 2;
  for (const auto* stats : {"nfs", "fsal", "v3_full", "v4_full", "auth", "client_all_ops"}) {
    if (at == one.reply.size()) break;
    expected.push_back(json::array({stats, one.reply[at][0], one.reply[at][1]}));
    ++at;
  }
  EXPECT_EQ(expected.size(), GetParam() == std::string_view("2.8") ? 5U : 6U);
  EXPECT_EQ(as_json(decode_status(one.message())), expected);
}

TEST_P(EveryRecord, OfGetGraceReportsNoGrace) {
  const auto in_grace = decode_grace(record("get_grace").message());
  ASSERT_TRUE(in_grace);
  EXPECT_FALSE(*in_grace);
}

// Nobody asked the two that were recorded last.
bool has_properties(std::string_view version) { return version != "2.8" && version != "5.9"; }

TEST_P(EveryRecord, OfThePropertiesGivesTheVersion) {
  const auto properties = records("GetAll");
  EXPECT_EQ(properties.size(), has_properties(GetParam()) ? 1U : 0U);
  for (const auto& all : properties) {
    const auto version = decode_version(wire_message("v", json::array({all.reply[0].at("VERSION_RELEASE")})));
    ASSERT_TRUE(version);
    EXPECT_EQ(*version, GetParam());
  }
}

// The same by tags and quotes.
MethodNames methods_in(const std::string& xml) {
  MethodNames names;
  std::istringstream tags(xml);
  for (std::string tag; std::getline(tags, tag, '<');) {
    if (!tag.starts_with("method")) continue;
    const auto begin = tag.find('"') + 1;
    names.insert(tag.substr(begin, tag.find('"', begin) - begin));
  }
  return names;
}

// ask() reads long arrays in parts: another way to decode one would be ignored.
template <class T>
constexpr bool decode_can_be_set = requires(Query<T> query, typename Query<T>::Decode other) {
  query.set_decode(other);
};
static_assert(decode_can_be_set<ExportInfo>);
static_assert(!decode_can_be_set<ExportList>);
static_assert(!decode_can_be_set<std::vector<ClientDetails>>);

// Decodes one entry at a time, as ask() does with more of them; counts the turns.
template <class T>
result<T> decode_in_parts(const Message& reply, std::size_t& turns) {
  ArrayDecoder<T> decoder(reply, array_of<T>);
  for (turns = 1; decoder.read(1); ++turns) {
  }
  return std::move(decoder).finish();
}

TEST_P(EveryRecord, OfALongArrayIsTheSameInParts) {
  std::size_t turns = 0;
  const auto clients = record("ShowClients").message();
  EXPECT_EQ(as_json(decode_in_parts<ClientList>(clients, turns)), as_json(decode_clients(clients)));
  EXPECT_EQ(turns, decode_clients(clients)->clients.size());
  const auto exports = record("ShowExports").message();
  EXPECT_EQ(as_json(decode_in_parts<ExportList>(exports, turns)), as_json(decode_exports(exports)));
  EXPECT_EQ(turns, decode_exports(exports)->exports.size());
}

TEST(DecodeInParts, HasNoFurtherPartsOfAnotherReply) {
  std::size_t turns = 0;
  const auto other = wire_message("s", json::array({"no list"}));
  EXPECT_EQ(decode_in_parts<ClientList>(other, turns).error().code, errc::malformed_reply);
  EXPECT_EQ(turns, 1U);
}

TEST_P(EveryRecord, OfIntrospectGivesTheMethodsOfAllInterfaces) {
  for (const auto* object : {"admin", "ClientMgr", "ExportMgr"}) {
    const auto xml = introspection(object);
    const auto methods = decode_methods(wire_message("s", json::array({xml})));
    ASSERT_TRUE(methods);
    EXPECT_EQ(*methods, methods_in(xml));
    EXPECT_THAT(*methods, Contains("Introspect"));
  }
}

TEST(DecodeMethods, RefusesADescriptionThatIsFarTooLong) {
  std::string xml;
  while (xml.size() <= 200'000) xml += "<method name=\"ShowClients" + std::to_string(xml.size()) + "\">";
  const auto methods = decode_methods(wire_message("s", json::array({xml})));
  ASSERT_FALSE(methods);
  EXPECT_EQ(methods.error().code, errc::malformed_reply);
  EXPECT_THAT(methods.error().detail, testing::HasSubstr(std::to_string(xml.size()) + " bytes"));
}

TEST(DecodeMethods, ListsTheMethodsOfEachServer) {
  const auto of = [](const std::string& version, const std::string& object) {
    const auto file = fixtures() / "wire" / version / ("introspect-" + object + ".xml");
    return decode_methods(wire_message("s", json::array({read_file(file)}))).value();
  };
  EXPECT_THAT(of("3.5", "ExportMgr"), AllOf(Contains("GetNFSIO"), Contains("StatusStats")));
  EXPECT_THAT(of("3.5", "ClientMgr"), AllOf(Contains("GetNFSv41IO"), Not(Contains("GetNFSv42IO"))));
  EXPECT_THAT(of("4.3", "ClientMgr"), AllOf(Contains("ShowClients"), Contains("GetNFSv42IO")));
  EXPECT_THAT(of("4.3", "ClientMgr"), Not(Contains("GetAllClientIOops")));
  EXPECT_THAT(of("15.2", "ClientMgr"), Contains("GetAllClientIOops"));
  EXPECT_THAT(of("15.2", "MemMgr"), Contains("GetMemoryStats"));
  EXPECT_THAT(of("6.5", "admin"), Contains("get_grace"));
}

// ---- expectations written by hand ----

TEST(DecodeClients, ReadsTheClientOf4_3) {
  const auto list = decode_clients(wire_record("4.3", "ShowClients").message()).value();
  EXPECT_EQ(list.time, (Timestamp{1795422977, 634187014}));
  ASSERT_EQ(list.clients.size(), 1U);
  const auto& client = list.clients[0];
  EXPECT_EQ(client.address, "::ffff:127.0.0.1");
  EXPECT_EQ(client.last_activity, (Timestamp{1795422930, 172915858}));
  EXPECT_TRUE(client.protocols[static_cast<std::size_t>(Protocol::nfsv3)]);
  EXPECT_TRUE(client.protocols[static_cast<std::size_t>(Protocol::mnt)]);
  EXPECT_FALSE(client.protocols[static_cast<std::size_t>(Protocol::nlmv4)]);
  EXPECT_FALSE(client.operations);
  EXPECT_FALSE(client.state);
  EXPECT_FALSE(client.connected);
}

TEST(DecodeClients, ReadsTheStateThat6_5Reports) {
  const auto list = decode_clients(wire_record("6.5", "ShowClients").message()).value();
  const auto& state = list.clients.at(0).state;
  ASSERT_TRUE(state);
  EXPECT_EQ(state->open, 54U);
  EXPECT_EQ(state->lock, 4U);
  EXPECT_EQ(state->delegation, 0U);
}

TEST(DecodeClients, ReadsTheSumOfOperationsThat15_2Reports) {
  const auto list = decode_clients(wire_record("15.2", "ShowClients").message()).value();
  EXPECT_EQ(list.clients.at(0).operations, 72764U);
}

TEST(DecodeExports, ReadsTheExportsOf4_3) {
  const auto list = decode_exports(wire_record("4.3", "ShowExports").message()).value();
  ASSERT_EQ(list.exports.size(), 3U);
  EXPECT_EQ(list.exports[1].id, 77);
  EXPECT_EQ(list.exports[1].path, "/mem");
  EXPECT_TRUE(list.exports[1].protocols.none());
  EXPECT_EQ(list.exports[1].last_activity, Timestamp{});
  EXPECT_EQ(list.exports[2].path, "/");
}

TEST(DecodeExportIo, ReadsTheRowsOf4_3) {
  const auto io = decode_export_io(wire_record("4.3", "GetNFSIO").message()).value();
  EXPECT_TRUE(io.counting);
  ASSERT_EQ(io.rows.size(), 7U);
  EXPECT_EQ(io.rows[2].export_id, 1);
  EXPECT_EQ(io.rows[2].protocol, "NFSv41");
  EXPECT_EQ(io.rows[2].read, (BasicIO{3000, 60, 3, 0, 62273, 0}));
  EXPECT_EQ(io.rows[2].write, (BasicIO{102, 102, 6, 0, 2593084, 0}));
}

constexpr auto io_layout = "bs(tt)(tttttt)(tttttt)";

TEST(DecodeIo, KeepsTheSixFiguresApart) {
  const json reply = {true, "OK", {7, 8}, {1, 2, 3, 4, 5, 6}, {11, 12, 13, 14, 15, 16}};
  const auto stats = decode_io(wire_message(io_layout, reply)).value();
  EXPECT_EQ(stats.counting_since, (Timestamp{7, 8}));
  EXPECT_EQ(stats.read.requested_bytes, 1U);
  EXPECT_EQ(stats.read.transferred_bytes, 2U);
  EXPECT_EQ(stats.read.operations, 3U);
  EXPECT_EQ(stats.read.errors, 4U);
  EXPECT_EQ(stats.read.latency_ns, 5U);
  EXPECT_EQ(stats.read.queue_wait_ns, 6U);
  EXPECT_EQ(stats.write, (BasicIO{11, 12, 13, 14, 15, 16}));
}

TEST(DecodeIo, KeepsTheLargestFigures) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  const json block = {most, most, most, most, most, most};
  const auto stats = decode_io(wire_message(io_layout, {true, "OK", {0, 0}, block, block})).value();
  EXPECT_EQ(stats.write, (BasicIO{most, most, most, most, most, most}));
}

TEST(DecodeIo, TakesWhatIsNoTimeForNever) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  const json block = {1, 2, 3, 4, 5, 6};
  const auto since = [&](const json& time) {
    return decode_io(wire_message(io_layout, {true, "OK", time, block, block})).value().counting_since;
  };
  constexpr std::uint64_t year_2106 = 1ULL << 32, year_2262 = 9'223'372'035;
  EXPECT_EQ(since({year_2106, 7}), (Timestamp{year_2106, 7}));
  EXPECT_EQ(since({year_2262, 999'999'999}), (Timestamp{year_2262, 999'999'999}));
  EXPECT_EQ(since({year_2262 + 1, 0}), Timestamp{});
  EXPECT_EQ(since({most, 0}), Timestamp{}) << "a second before 1970";
  EXPECT_EQ(since({1, 1'000'000'000}), Timestamp{});
}

TEST(DecodeIo, ReportsThatTheServerDoesNotCount) {
  const json nothing = {0, 0, 0, 0, 0, 0};
  const json io = {true, "NFS stat counting disabled", {0, 0}, nothing, nothing};
  EXPECT_FALSE(decode_io(wire_message(io_layout, io)).value().counting);
  const json all = {true, "NFS stat counting disabled", {0, 0}, json::array()};
  EXPECT_FALSE(decode_export_io(wire_message("bs(tt)a(qs(tttttt)(tttttt))", all)).value().counting);
}

TEST(DecodeIo, DistinguishesAnIdleProtocolFromARefusal) {
  const auto idle = decode_io(wire_message("bs", {false, "Client does not have any NFSv3 activity"}));
  ASSERT_FALSE(idle);
  EXPECT_EQ(idle.error().code, errc::no_activity);
  EXPECT_EQ(idle.error().detail, "Client does not have any NFSv3 activity");
  const auto refused = decode_io(wire_message("bs", {false, "Client IP address not found"}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::refused);
  EXPECT_EQ(refused.error().detail, "Client IP address not found");
}

TEST(DecodeIo, TakesARefusalWithAWholeBody) {
  const json nothing = {0, 0, 0, 0, 0, 0};
  const auto refused =
      decode_io(wire_message(io_layout, {false, "Export id not found", {0, 0}, nothing, nothing}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::refused);
}

TEST(DecodeIo, RefusesAYesWithoutFigures) {
  const auto stats = decode_io(wire_message("bs", {true, "OK"}));
  ASSERT_FALSE(stats);
  EXPECT_EQ(stats.error().code, errc::malformed_reply);
}

TEST(DecodeGrace, ReadsTheValueFirst) {
  EXPECT_TRUE(decode_grace(wire_message("bbs", {true, true, "get grace success"})).value());
  EXPECT_FALSE(decode_grace(wire_message("bbs", {false, true, "get grace success"})).value());
  const auto refused = decode_grace(wire_message("bbs", {true, false, "no"}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::refused);
  EXPECT_EQ(refused.error().detail, "no");
}

TEST(DecodeVersion, RefusesAVersionThatIsNoText) {
  const auto version = decode_version(wire_message("v", R"([{"type": "t", "data": 4}])"_json));
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().code, errc::malformed_reply);
}

TEST(DecodeNameOwner, ReadsTheName) {
  EXPECT_EQ(decode_string(wire_message("s", json::array({":1.7"}))).value(), ":1.7");
  const auto owner = decode_string(wire_message("u", json::array({7})));
  ASSERT_FALSE(owner);
  EXPECT_EQ(owner.error().code, errc::malformed_reply);
}

// ---- layouts older than 3.5, newer than 15.2, and those that build options make ----

std::string status_layout(int switches) {
  std::string signature = "bs";
  for (int i = 0; i < switches; ++i) signature += "(b(tt))";
  return signature;
}

// The i-th switch is on when i is odd, since (i, 10 i).
Message status_message(int switches) {
  json reply = {true, "OK"};
  for (int i = 0; i < switches; ++i) reply.push_back(json::array({i % 2 == 1, {i, 10 * i}}));
  return wire_message(status_layout(switches), reply);
}

std::vector<std::string> names_of(const result<std::vector<StatsSwitch>>& switches) {
  std::vector<std::string> names;
  for (const auto& one : switches.value()) names.emplace_back(one.name);
  return names;
}

std::vector<std::string> switch_names(int count) { return names_of(decode_status(status_message(count))); }

std::vector<std::string> switch_names_without_nfsv3(int count) {
  return names_of(decode_status_without_nfsv3(status_message(count)));
}

TEST(DecodeStatus, NamesTheSwitchesOfEachVersion) {
  EXPECT_THAT(switch_names(2), ElementsAre("nfs", "fsal"));
  EXPECT_THAT(switch_names(4), ElementsAre("nfs", "fsal", "v3_full", "v4_full"));
  EXPECT_THAT(switch_names(5), ElementsAre("nfs", "fsal", "v3_full", "v4_full", "auth"));
  EXPECT_THAT(switch_names(6), ElementsAre("nfs", "fsal", "v3_full", "v4_full", "auth", "client_all_ops"));
}

TEST(DecodeStatus, NamesTheSwitchesOfServersWithoutNfsv3) {
  EXPECT_THAT(switch_names_without_nfsv3(2), ElementsAre("nfs", "fsal"));
  EXPECT_THAT(switch_names_without_nfsv3(3), ElementsAre("nfs", "fsal", "v4_full"));
  EXPECT_THAT(switch_names_without_nfsv3(4), ElementsAre("nfs", "fsal", "v4_full", "auth"));
  EXPECT_THAT(switch_names_without_nfsv3(5), ElementsAre("nfs", "fsal", "v4_full", "auth", "client_all_ops"));
  EXPECT_THAT(switch_names_without_nfsv3(6), Contains("v3_full")) << "six are all of them";
}

TEST(DecodeStatus, ReadsStateAndStartOfEachSwitch) {
  const auto switches = decode_status(status_message(4)).value();
  EXPECT_FALSE(switches[2].enabled);
  EXPECT_TRUE(switches[3].enabled);
  EXPECT_EQ(switches[3].since, (Timestamp{3, 30}));
}

TEST(DecodeStatus, RefusesMoreSwitchesThanItKnows) {
  for (const int count : {0, 7}) {
    const auto switches = decode_status(status_message(count));
    ASSERT_FALSE(switches) << count;
    EXPECT_EQ(switches.error().code, errc::malformed_reply);
    EXPECT_THAT(switches.error().detail, HasSubstr(status_layout(count)));
  }
}

struct Layout {
  const char* name;
  std::string signature;  // of what stands between the key and the last activity
  json values;
};

// Literals, because nlohmann takes a list of pairs in braces for an object.
const json without_9p = R"([["NFSv3", true], ["MNT", true], ["NLMv4", true], ["RQUOTA", false],
                            ["NFSv40", true], ["NFSv41", true], ["NFSv42", false]])"_json;
const json shuffled = R"([["NFSv41", true], ["QUOTA", false], ["NFSv42", false], ["MNT", true],
                          ["NFSv40", true], ["NLM", true], ["NFSv3", true]])"_json;
const json state = R"(["Open", 1, "Lock", 2, "Delegation", 3])"_json;

json with_9p(const char* nlm) {
  json pairs = without_9p;
  pairs[2][0] = nlm;
  pairs.push_back(json::array({"9P", false}));
  return pairs;
}

std::string pairs_signature(std::size_t count) {
  std::string signature = "(";
  while (count-- > 0) signature += "(sb)";
  return signature + ")";
}

std::vector<Layout> client_layouts() {
  return {
      {"2.5 to 3.5", "bbbbbbbb", {true, true, true, false, true, true, false, false}},
      {"4.0 to 5.9", pairs_signature(8), json::array({with_9p("NMLv4")})},
      {"pairs in another order, old names", pairs_signature(7), json::array({shuffled})},
      {"6.0 to 6.5", pairs_signature(8) + "(ststst)", {with_9p("NLMv4"), state}},
      {"15.2", pairs_signature(7) + "t(ststst)", {without_9p, 99, state}},
      {"newer still", "b" + pairs_signature(7) + "t(ststst)", {true, without_9p, 99, state}},
  };
}

std::vector<Layout> export_layouts() {
  return {
      {"2.5 to 3.5", "bbbbbbbb", {true, true, true, false, true, true, false, false}},
      {"4.0 to 6.5", pairs_signature(8), json::array({with_9p("NMLv4")})},
      {"15.2", pairs_signature(7) + "t", {without_9p, 99}},
  };
}

json with_layout(json entry, const Layout& layout) {
  for (const auto& value : layout.values) entry.push_back(value);
  entry.push_back({5, 6});
  return entry;
}

// Two clients, so that one that is read too short or too long spoils the next.
result<ClientList> clients_in(const Layout& layout) {
  const json entries = {with_layout(json::array({"10.0.0.1"}), layout),
                        with_layout(json::array({"fe80::1"}), layout)};
  return decode_clients(wire_message("(tt)a(s" + layout.signature + "(tt))", {{7, 8}, entries}));
}

result<ExportList> exports_in(const Layout& layout) {
  const json entries = {with_layout({1, "/one"}, layout), with_layout({65535, "/two"}, layout)};
  return decode_exports(wire_message("(tt)a(qs" + layout.signature + "(tt))", {{7, 8}, entries}));
}

const json common = {{"NFSv3", true}, {"MNT", true}, {"NLMv4", true}, {"NFSv40", true}, {"NFSv41", true}};

TEST(DecodeClients, GivesTheSameRecordsFromEveryLayout) {
  for (const auto& layout : client_layouts()) {
    SCOPED_TRACE(layout.name);
    const auto list = clients_in(layout);
    ASSERT_TRUE(list) << list.error().message();
    EXPECT_EQ(list->time, (Timestamp{7, 8}));
    ASSERT_EQ(list->clients.size(), 2U);
    EXPECT_EQ(list->clients[0].address, "10.0.0.1");
    EXPECT_EQ(list->clients[1].address, "fe80::1");
    for (const auto& client : list->clients) {
      EXPECT_EQ(as_json(client.protocols), common);
      EXPECT_EQ(client.last_activity, (Timestamp{5, 6}));
    }
  }
}

TEST(DecodeClients, ReportsNoMoreThanTheLayoutHas) {
  const auto layouts = client_layouts();
  const auto client = [&](std::size_t layout) { return clients_in(layouts[layout]).value().clients[1]; };
  EXPECT_FALSE(client(0).state || client(0).operations || client(0).connected);
  EXPECT_FALSE(client(1).state || client(1).operations || client(1).connected);
  EXPECT_FALSE(client(3).operations || client(3).connected);
  EXPECT_EQ(client(3).state.value().delegation, 3U);
  EXPECT_EQ(client(4).operations, 99U);
  EXPECT_FALSE(client(4).connected);
  EXPECT_EQ(client(5).operations, 99U);
  EXPECT_EQ(client(5).state.value().lock, 2U);
  EXPECT_EQ(client(5).connected, true);
}

TEST(DecodeClients, ReadsAClientThatIsNotConnected) {
  const Layout layout{"newer still", "b((sb))", R"([false, [["NFSv3", true]]])"_json};
  EXPECT_EQ(clients_in(layout).value().clients[0].connected, false);
}

TEST(DecodeExports, GivesTheSameRecordsFromEveryLayout) {
  for (const auto& layout : export_layouts()) {
    SCOPED_TRACE(layout.name);
    const auto list = exports_in(layout);
    ASSERT_TRUE(list) << list.error().message();
    ASSERT_EQ(list->exports.size(), 2U);
    EXPECT_EQ(list->exports[0].id, 1);
    EXPECT_EQ(list->exports[1].id, 65535);
    EXPECT_EQ(list->exports[1].path, "/two");
    for (const auto& one : list->exports) {
      EXPECT_EQ(as_json(one.protocols), common);
      EXPECT_EQ(one.last_activity, (Timestamp{5, 6}));
    }
  }
}

TEST(DecodeExports, ReportsTheSumOfOperationsWhereItExists) {
  EXPECT_FALSE(exports_in(export_layouts()[1]).value().exports[0].operations);
  EXPECT_EQ(exports_in(export_layouts()[2]).value().exports[0].operations, 99U);
}

TEST(DecodeClients, ReadsTheEightOldBooleansInTheirOrder) {
  const char* const order[] = {"NFSv3", "MNT", "NLMv4", "RQUOTA", "NFSv40", "NFSv41", "NFSv42", "9P"};
  for (std::size_t i = 0; i < std::size(order); ++i) {
    json marks = json::array();
    for (std::size_t j = 0; j < std::size(order); ++j) marks.push_back(i == j);
    const auto list = clients_in({"old", "bbbbbbbb", marks}).value();
    EXPECT_EQ(as_json(list.clients[1].protocols), (json{{order[i], true}}));
  }
}

TEST(DecodeClients, PassesOverProtocolsThatItDoesNotKnow) {
  const auto pairs = R"([[["NFSv3", false], ["NFSv43", true], ["", true], ["NFSv41", true]]])"_json;
  const auto list = clients_in({"of tomorrow", pairs_signature(4), pairs}).value();
  EXPECT_EQ(as_json(list.clients[1].protocols), (json{{"NFSv41", true}}));
}

TEST(DecodeClients, ReadsServersWithoutNfsv3) {
  const auto pairs = R"([[["NFSv40", true], ["NFSv41", false], ["NFSv42", true]]])"_json;
  const auto list = clients_in({"without NFSv3", pairs_signature(3), pairs}).value();
  EXPECT_EQ(as_json(list.clients[0].protocols), (json{{"NFSv40", true}, {"NFSv42", true}}));
}

TEST(DecodeClients, ReadsAnEmptyList) {
  const auto clients = decode_clients(wire_message("(tt)a(sbbbbbbbb(tt))", {{7, 8}, json::array()}));
  EXPECT_TRUE(clients.value().clients.empty());
  const auto exports = decode_exports(wire_message("(tt)a(qs((sb))t(tt))", {{7, 8}, json::array()}));
  EXPECT_TRUE(exports.value().exports.empty());
}

TEST(DecodeClients, KeepsOddNames) {
  const Layout layout{"4.3", "((sb))", R"([[["NFSv3", true]]])"_json};
  const json entries = {with_layout(json::array({"a\"b\\c\nd\xC3\xA9"}), layout),
                        with_layout(json::array({"<unknown>"}), layout)};
  const auto list = decode_clients(wire_message("(tt)a(s((sb))(tt))", {{7, 8}, entries})).value();
  EXPECT_EQ(list.clients[0].address, "a\"b\\c\nd\xC3\xA9");
  EXPECT_EQ(list.clients[1].address, "<unknown>");
}

// ---- unknown layouts ----

struct Unknown {
  const char* what;
  std::string signature;
  json values;
  json (*decode)(const Message&);
  std::string expected;  // a part of what the text says was expected
};

template <auto Decode>
json decoded(const Message& message) {
  return as_json(Decode(message));
}

json decoded_grace(const Message& message) {
  const auto in_grace = decode_grace(message);
  return in_grace ? json(*in_grace) : error_as_json(in_grace.error());
}

json decoded_status(const Message& message) { return as_json(decode_status(message)); }

std::vector<Unknown> unknown_layouts() {
  const json none = json::array();
  constexpr auto clients = &decoded<&decode_clients>;
  constexpr auto exports = &decoded<&decode_exports>;
  return {
      {"clients with seven booleans", "(tt)a(sbbbbbbb(tt))", {{1, 2}, none}, clients, "(tt)a(sbbbbbbbb(tt))"},
      {"clients with more at the end", "(tt)a(s((sb))(tt)u)", {{1, 2}, none}, clients, "((sb)...)"},
      {"clients that are exports", "(tt)a(qsbbbbbbbb(tt))", {{1, 2}, none}, clients, "(tt)a(s"},
      {"clients without protocols", "(tt)a(s(tt))", {{1, 2}, none}, clients, "(tt)a(s"},
      {"clients with another head", "ta(sbbbbbbbb(tt))", {1, none}, clients, "(tt)a(s"},
      {"clients with a tail", "(tt)a(sbbbbbbbb(tt))s", {{1, 2}, none, ""}, clients, "(tt)a(s"},
      {"exports with a wider id", "(tt)a(us((sb))(tt))", {{1, 2}, none}, exports, "(tt)a(qs"},
      {"no exports at all", "", none, exports, "(tt)a(qs"},
      {"I/O of five figures",
       "bs(tt)(ttttt)(ttttt)",
       {true, "OK", {1, 2}, {1, 2, 3, 4, 5}, {1, 2, 3, 4, 5}},
       &decoded<&decode_io>,
       io_layout},
      {"I/O without a head", "(tttttt)", {{1, 2, 3, 4, 5, 6}}, &decoded<&decode_io>, io_layout},
      {"I/O of all exports by name",
       "bs(tt)a(ss(tttttt)(tttttt))",
       {true, "OK", {1, 2}, none},
       &decoded<&decode_export_io>,
       "a(qs(tttttt)(tttttt))"},
      {"switches with names",
       "bs(sb(tt))",
       {true, "OK", {"nfs", true, {1, 2}}},
       &decoded_status,
       "bs(b(tt))..."},
      {"a grace without its success", "bs", {true, "OK"}, &decoded_grace, "bbs"},
  };
}

TEST(DecodeAnything, ReportsTheSignatureReceivedAndTheOneExpected) {
  for (const auto& layout : unknown_layouts()) {
    SCOPED_TRACE(layout.what);
    const auto outcome = layout.decode(wire_message(layout.signature, layout.values));
    ASSERT_EQ(outcome.value("error", ""), "malformed_reply") << outcome;
    const auto text = outcome["text"].get<std::string>();
    EXPECT_THAT(text, HasSubstr("signature '" + layout.signature + "'"));
    EXPECT_THAT(text.substr(text.find("expected")), HasSubstr(layout.expected));
  }
}

TEST(DecodeVersion, ReportsTheSignatureReceivedAndTheOneExpected) {
  const auto version = decode_version(wire_message("s", json::array({"4.3"})));
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().detail, "signature 's', expected 'v'");
  const auto methods = decode_methods(wire_message("as", R"([["GetNFSIO"]])"_json));
  ASSERT_FALSE(methods);
  EXPECT_EQ(methods.error().detail, "signature 'as', expected 's'");
}

TEST(DecodeAnything, RefusesAMessageWithoutABody) {
  const auto empty = wire_message("", json::array());
  EXPECT_EQ(decode_io(empty).error().code, errc::malformed_reply);
  EXPECT_EQ(decode_export_io(empty).error().code, errc::malformed_reply);
  EXPECT_EQ(decode_clients(empty).error().code, errc::malformed_reply);
  EXPECT_EQ(decode_exports(empty).error().code, errc::malformed_reply);
  EXPECT_EQ(decode_status(empty).error().code, errc::malformed_reply);
  EXPECT_EQ(decode_grace(empty).error().code, errc::malformed_reply);
  EXPECT_EQ(decode_version(empty).error().code, errc::malformed_reply);
  EXPECT_EQ(decode_methods(empty).error().code, errc::malformed_reply);
  EXPECT_EQ(decode_string(empty).error().code, errc::malformed_reply);
}

TEST_P(EveryRecord, IsRefusedWhenItBreaksOff) {
  expect_broken_at_every_byte(record("ShowClients"), decode_clients);
  expect_broken_at_every_byte(record("ShowExports"), decode_exports);
  expect_broken_at_every_byte(record("GetNFSIO"), decode_export_io);
  expect_broken_at_every_byte(record("GetNFSv3IO"), decode_io);
  expect_broken_at_every_byte(record("StatusStats"), [](const auto& reply) { return decode_status(reply); });
}

}  // namespace
