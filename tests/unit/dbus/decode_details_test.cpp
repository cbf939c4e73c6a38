#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dbus/methods.hpp"
#include "records.hpp"

namespace {

using namespace ganesha::dbus;
using namespace ganesha::test;
using ganesha::test::as_json;
using nlohmann::json;
using namespace nlohmann::literals;
using testing::HasSubstr;

// ---- a record as JSON ----

json as_json(const ProtocolDetails& one) {
  json out = {
      {"protocol", name(one.protocol)}, {"operations", one.other_operations}, {"errors", one.other_errors}};
  if (one.other_latency_ns) out["latency"] = *one.other_latency_ns;
  return out;
}

json as_json(const Details& details) {
  json protocols = json::array();
  for (const auto& one : details.protocols) protocols.push_back(as_json(one));
  return {{"last", as_json(details.last_activity)}, {"protocols", protocols}};
}

json as_json(const ClientDetails& client) { return json::array({client.address, as_json(client.details)}); }

json as_json(const LayoutOperations& one) { return {one.operations, one.errors, one.delays}; }

json as_json(const Layouts& layouts) {
  return {{"since", as_json(layouts.counting_since)},
          {"getdevinfo", as_json(layouts.getdevinfo)},
          {"get", as_json(layouts.get)},
          {"commit", as_json(layouts.commit)},
          {"return", as_json(layouts.layout_return)},
          {"recall", as_json(layouts.recall)}};
}

json as_json(const Delegations& one) {
  return {one.grants_and_returns, one.recalls, one.failed_recalls, one.revokes};
}

json as_json(const ClientProcedure& one) {
  json out = json::array({one.protocol, one.procedure, one.calls, one.errors});
  if (one.duplicates) out.push_back(*one.duplicates);
  return out;
}

json as_json(const ClientProcedures& client) {
  json rows = json::array();
  for (const auto& one : client.procedures) rows.push_back(as_json(one));
  return {{"address", client.address}, {"last", as_json(client.last_activity)}, {"rows", rows}};
}

json as_json(const ExportInfo& info) { return {info.id, info.path, info.pseudo, info.tag}; }

template <class T>
json as_json(const std::vector<T>& entries) {
  json out = json::array();
  for (const auto& entry : entries) out.push_back(as_json(entry));
  return out;
}

template <class T>
json as_json(const result<T>& outcome) {
  return outcome ? as_json(*outcome) : error_as_json(outcome.error());
}

// ---- the same from a reply, by the shape of its values ----

// The details of a reply whose booleans begin at reply[at]: behind a boolean that is true stand arrays.
json expected_details(const json& reply, std::size_t at, const json& last) {
  json protocols = json::array();
  for (const auto* protocol : {"NFSv3", "NFSv40", "NFSv41", "NFSv42"}) {
    const bool used = reply.at(at++);
    if (at == reply.size() || !reply[at].is_array()) continue;
    const auto& others = reply.at(at + 2);
    json one = {{"protocol", protocol}, {"operations", others[0]}, {"errors", others[1]}};
    if (others.size() == 3 && others[2] > 0) one["latency"] = expected_sum(others[2], others[0]);
    if (used) protocols.push_back(one);
    while (at < reply.size() && reply[at].is_array()) ++at;
  }
  EXPECT_EQ(at, reply.size());
  return {{"last", last}, {"protocols", protocols}};
}

json expected_procedures(const json& rows, const std::string& protocol) {
  json out = json::array();
  for (const auto& row : rows) {
    json one = json::array({protocol});
    for (const auto& value : row) one.push_back(value);
    out.push_back(one);
  }
  return out;
}

json joined(const std::vector<json>& lists) {
  json out = json::array();
  for (const auto& list : lists) out.insert(out.end(), list.begin(), list.end());
  return out;
}

// ---- every recorded reply ----

TEST_P(EveryRecord, OfDetailsGivesItsProtocols) {
  std::size_t accepted = 0;
  for (const auto* method : {"GetExportDetails", "GetClientIOops"}) {
    for (const auto& one : records(method)) {
      const bool yes = one.reply[0];
      const auto expected = yes ? expected_details(one.reply, 3, one.reply[2]) : expected_refusal(one.reply);
      EXPECT_EQ(as_json(decode_details(one.message())), expected) << method << ' ' << one.args;
      if (yes) ++accepted;
    }
  }
  EXPECT_EQ(accepted >= 3, GetParam() != std::string_view("2.8")) << accepted;  // Both are of 3.0 on.
}

TEST_P(EveryRecord, OfAllClientIoOpsGivesItsClients) {
  for (const auto& one : records("GetAllClientIOops")) {
    json expected = json::array();
    for (const auto& client : one.reply[3])
      expected.push_back(json::array({client[0], expected_details(client, 2, client[1])}));
    EXPECT_EQ(as_json(decode_all_client_details(one.message())), expected);
    EXPECT_EQ(expected.size(), 1U);
  }
}

TEST_P(EveryRecord, OfLayoutsGivesItsFigures) {
  for (const auto* method : {"GetNFSv41Layouts", "GetNFSv42Layouts"}) {
    for (const auto& one : records(method)) {
      const auto& reply = one.reply;
      const auto expected = reply[0]
                                ? json{{"since", reply[2]},  {"getdevinfo", reply[3]}, {"get", reply[4]},
                                       {"commit", reply[5]}, {"return", reply[6]},     {"recall", reply[7]}}
                                : expected_refusal(reply);
      EXPECT_EQ(as_json(decode_layouts(one.message())), expected);
    }
  }
}

TEST_P(EveryRecord, OfGetDelegationsIsARefusal) {
  for (const auto& one : records("GetDelegations"))
    EXPECT_EQ(as_json(decode_delegations(one.message())), expected_refusal(one.reply));
}

TEST_P(EveryRecord, OfAllClientAllOpsGivesItsClients) {
  for (const auto& one : records("GetAllClientAllops")) {
    json expected = json::array();
    for (const auto& client : one.reply[3]) {
      json entry = {{"address", client[0]}, {"last", client[1]}};
      entry["rows"] =
          joined({expected_procedures(client[3], "NFSv3"), expected_procedures(client[5], "NLMv4"),
                  expected_procedures(client[7], "NFSv4")});
      expected.push_back(entry);
    }
    EXPECT_EQ(as_json(decode_all_client_procedures(one.message())), expected);
    EXPECT_EQ(expected.size(), 1U);
  }
}

TEST_P(EveryRecord, OfDisplayExportGivesItsNames) {
  for (const auto& one : records("DisplayExport")) {
    const auto& reply = one.reply;
    EXPECT_EQ(as_json(decode_export_info(one.message())),
              json::array({reply[0], reply[1], reply[2], reply[3]}));
  }
}

// ---- by hand ----

TEST(DecodeDetails, SumsTheLatencyOfExports) {
  const auto details = decode_details(wire_record("3.5", "GetExportDetails").message()).value();
  ASSERT_EQ(details.protocols.size(), 4U);
  EXPECT_EQ(details.last_activity, (Timestamp{1795425452, 614815956}));
  EXPECT_EQ(details.protocols[0].other_operations, 7U);
  EXPECT_EQ(details.protocols[0].other_latency_ns, 1829275U);
  EXPECT_EQ(details.protocols[2].protocol, Protocol::nfsv41);
  EXPECT_EQ(details.protocols[2].other_errors, 114U);
}

TEST(DecodeDetails, ReportsNoLatencyOfClients) {
  std::size_t read = 0;
  for (const auto* version : recorded_versions)
    for (const auto& record : wire_records(version, "GetClientIOops")) {
      const auto details = decode_details(record.message());
      if (!details) continue;
      ++read;
      for (const auto& one : details->protocols) EXPECT_FALSE(one.other_latency_ns) << version;
    }
  EXPECT_GE(read, std::size(recorded_versions) - 1);  // 2.8 has no such call.
}

// ---- layouts that no recording has ----

struct Style {
  const char* block;
  const char* layouts;
  json values;
  json layout_values;
};

const Style with_latency = {"(ttdt)(ttdt)(ttd)", "(ttt)",
                            R"([[1, 2, 3.5, 4], [5, 6, 7.5, 8], [9, 10, 2.5]])"_json, R"([11, 12, 13])"_json};
const Style without_latency = {"(ttt)(ttt)(tt)", "(tt)", R"([[1, 2, 4], [5, 6, 8], [9, 10]])"_json,
                               R"([11, 12])"_json};

constexpr const char* protocols[] = {"NFSv3", "NFSv40", "NFSv41", "NFSv42"};

// Appends the protocol's boolean and, where it is true, its block.
void append_protocol(const Style& style, std::size_t protocol, bool used, std::string& signature,
                     json& values) {
  signature += 'b';
  values.push_back(used);
  if (!used) return;
  signature += style.block;
  values.insert(values.end(), style.values.begin(), style.values.end());
  if (protocol < 2) return;
  signature += style.layouts;
  values.push_back(style.layout_values);
}

// A reply of the protocols from `first` on, those used whose bits are set, and the expected result.
void expect_combination(const Style& style, std::size_t first, unsigned used) {
  std::string signature = "bs(tt)";
  json values = R"([true, "OK", [5, 6]])"_json;
  json expected = json::array();
  for (auto i = first; i < std::size(protocols); ++i) {
    const bool set = (used >> i & 1U) != 0;
    append_protocol(style, i, set, signature, values);
    json one = {{"protocol", protocols[i]}, {"operations", 9}, {"errors", 10}};
    if (&style == &with_latency) one["latency"] = 22500000;
    if (set) expected.push_back(one);
  }
  const auto details = as_json(decode_details(wire_message(signature, values)));
  EXPECT_EQ(details.value("protocols", json()), expected) << signature << ' ' << details;
  EXPECT_EQ(details.value("last", json()), json::array({5, 6}));
}

TEST(DecodeDetails, ReadsEveryCombinationOfProtocols) {
  for (const auto* style : {&with_latency, &without_latency})
    for (unsigned used = 0; used < 16; ++used) expect_combination(*style, 0, used);
}

TEST(DecodeDetails, ReadsServersWithoutNfsv3) {
  for (const auto* style : {&with_latency, &without_latency})
    for (unsigned used = 0; used < 16; used += 2) expect_combination(*style, 1, used);
}

// One client of whom nothing but NFSv4.1 is true, and all blocks are there.
constexpr auto all_details_layout =
    "bs(tt)a(s(tt)b(ttdt)(ttdt)(ttd)b(ttdt)(ttdt)(ttd)b(ttdt)(ttdt)(ttd)(ttt)b(ttdt)(ttdt)(ttd)(ttt))";

TEST(DecodeAllClientDetails, LeavesOutWhatWasNotUsed) {
  json client = R"(["10.0.0.1", [5, 6]])"_json;
  std::string signature;
  for (std::size_t i = 0; i < std::size(protocols); ++i) {
    const auto at = client.size();
    append_protocol(with_latency, i, true, signature, client);
    client[at] = i == 2;
  }
  const json reply = {true, "OK", {1, 2}, json::array({client, client})};
  const auto clients = as_json(decode_all_client_details(wire_message(all_details_layout, reply)));
  const json details = {
      {"last", {5, 6}},
      {"protocols", R"([{"protocol": "NFSv41", "operations": 9, "errors": 10, "latency": 22500000}])"_json}};
  const json one = json::array({"10.0.0.1", details});
  EXPECT_EQ(clients, json::array({one, one}));
}

TEST(DecodeAllClientDetails, ReadsNoClients) {
  const json reply = {true, "OK", {1, 2}, json::array()};
  EXPECT_EQ(as_json(decode_all_client_details(wire_message(all_details_layout, reply))), json::array());
}

TEST(DecodeLayouts, KeepsTheKindsApart) {
  const auto reply =
      R"([true, "OK", [1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11], [12, 13, 14], [15, 16, 17]])"_json;
  EXPECT_EQ(as_json(decode_layouts(wire_message("bs(tt)(ttt)(ttt)(ttt)(ttt)(ttt)", reply))),
            R"({"since": [1, 2], "getdevinfo": [3, 4, 5], "get": [6, 7, 8], "commit": [9, 10, 11],
                "return": [12, 13, 14], "recall": [15, 16, 17]})"_json);
}

TEST(DecodeDelegations, ReadsBothWidths) {
  const auto reply = R"([true, "OK", [1, 2], [3, 4, 5, 6]])"_json;
  for (const auto* layout : {"bs(tt)(uuuu)", "bs(tt)(tttt)"}) {
    EXPECT_EQ(as_json(decode_delegations(wire_message(layout, reply))), R"([3, 4, 5, 6])"_json);
    expect_broken_at_every_byte({"ClientMgr", "GetDelegations", {}, layout, reply}, decode_delegations);
  }
}

TEST(DecodeDelegations, DistinguishesAnIdleClientFromARefusal) {
  const auto idle =
      decode_delegations(wire_message("bs", {false, "Client does not have any Delegation activity"}));
  ASSERT_FALSE(idle);
  EXPECT_EQ(idle.error().code, errc::no_activity);
}

json all_procedures_in(const std::string& sections, const json& values) {
  json client = R"(["10.0.0.1", [5, 6]])"_json;
  client.insert(client.end(), values.begin(), values.end());
  const json reply = {true, "OK", {1, 2}, json::array({client, client})};
  const auto clients =
      as_json(decode_all_client_procedures(wire_message("bs(tt)a(s(tt)" + sections + ")", reply)));
  EXPECT_EQ(clients.size(), 2U) << clients;
  EXPECT_EQ(clients[0], clients[1]);
  return clients[1].value("rows", clients[1]);
}

TEST(DecodeAllClientProcedures, ReadsEverySection) {
  EXPECT_EQ(all_procedures_in("ba(sttt)ba(sttt)ba(stt)bttt",
                              R"([true, [["READ", 1, 2, 3]], true, [["LOCK", 4, 5, 6]],
                                  true, [["READ", 7, 8], ["OPEN", 9, 10]], true, 11, 12, 13])"_json),
            R"([["NFSv3", "READ", 1, 2, 3], ["NLMv4", "LOCK", 4, 5, 6],
                ["NFSv4", "READ", 7, 8], ["NFSv4", "OPEN", 9, 10]])"_json);
  EXPECT_EQ(all_procedures_in("ba(stt)bttt", R"([true, [["READ", 1, 2]], false, 0, 0, 0])"_json),
            R"([["NFSv4", "READ", 1, 2]])"_json);
}

TEST(DecodeExportInfo, PassesOverTheClients) {
  const auto reply = R"([65535, "/path", "/pseudo", "tag",
                         [["10.0.0.0/8", 1, 2, 3, 4, 5, 6, 7, 8, 9], ["*", 1, 2, 3, 4, 5, 6, 7, 8, 9]]])"_json;
  EXPECT_EQ(as_json(decode_export_info(wire_message("qsssa(siyyiuuuuu)", reply))),
            R"([65535, "/path", "/pseudo", "tag"])"_json);
  expect_broken_at_every_byte({"ExportMgr", "DisplayExport", {}, "qsssa(siyyiuuuuu)", reply},
                              decode_export_info);
}

// ---- unknown layouts ----

struct Unknown {
  std::string tail;  // behind `bs(tt)`
  json values;
  json (*decode)(const Message&);
};

template <auto Decode>
json decoded(const Message& reply) {
  return as_json(Decode(reply));
}

std::vector<Unknown> unknown_layouts() {
  constexpr auto details = decoded<decode_details>;
  return {
      {"bb", R"([false, false])"_json, details},
      {"bbbbb", R"([false, false, false, false, false])"_json, details},
      {"bbbbs", R"([false, false, false, false, ""])"_json, details},
      {"b(ttdt)(ttdt)(ttd)(ttt)bbb", R"([true, [1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3], [1, 2, 3],
                                         false, false, false])"_json,
       details},
      {"bbbb(ttt)(ttt)(tt)", R"([false, false, false, true, [1, 2, 3], [1, 2, 3], [1, 2]])"_json, details},
      {"bbbb(ttdt)(ttdt)(tt)", R"([false, false, false, true, [1, 2, 3, 4], [1, 2, 3, 4], [1, 2]])"_json,
       details},
      {"a(s(tt)bb)", R"([[]])"_json, decoded<decode_all_client_details>},
      {"(ttt)(ttt)(ttt)(ttt)", R"([[1, 2, 3], [1, 2, 3], [1, 2, 3], [1, 2, 3]])"_json,
       decoded<decode_layouts>},
      {"(uuu)", R"([[1, 2, 3]])"_json, decoded<decode_delegations>},
      {"a(s(tt)ba(sttt)bttt)", R"([[]])"_json, decoded<decode_all_client_procedures>},
  };
}

TEST(DecodeDetails, ReportsTheSignatureReceivedAndTheOneExpected) {
  for (const auto& [tail, values, decode] : unknown_layouts()) {
    json reply = R"([true, "OK", [1, 2]])"_json;
    reply.insert(reply.end(), values.begin(), values.end());
    const auto outcome = decode(wire_message("bs(tt)" + tail, reply));
    ASSERT_TRUE(outcome.is_object()) << tail << ' ' << outcome;
    ASSERT_EQ(outcome.value("error", ""), "malformed_reply") << tail << ' ' << outcome;
    EXPECT_THAT(outcome["text"].get<std::string>(),
                HasSubstr("signature 'bs(tt)" + tail + "', expected 'bs(tt)"));
  }
}

TEST(DecodeExportInfo, ReportsTheSignatureReceivedAndTheOneExpected) {
  const auto info = decode_export_info(wire_message("qss", R"([1, "/a", "/b"])"_json));
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().detail, "signature 'qss', expected 'qsssa(siyyiuuuuu)'");
}

}  // namespace
