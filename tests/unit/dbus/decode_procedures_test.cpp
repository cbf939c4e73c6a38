#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>

#include "dbus/methods.hpp"
#include "records.hpp"

namespace {

using namespace ganesha::dbus;
using namespace ganesha::test;
using nlohmann::json;
using namespace nlohmann::literals;
using testing::HasSubstr;

// ---- a record as JSON ----

json as_json(const Latency& latency) { return {latency.sum_ns, latency.min_seconds, latency.max_seconds}; }

json as_json(const ProtocolOperations& one) { return json::array({one.protocol, one.operations}); }

json as_json(const ProcedureCalls& one) { return json::array({one.protocol, one.procedure, one.calls}); }

json as_json(const TimedProcedure& one) {
  json out = {{"name", one.procedure}, {"calls", one.calls}, {"errors", one.errors}};
  out["latency"] = as_json(one.latency);
  if (one.duplicates) out["duplicates"] = *one.duplicates;
  return out;
}

json as_json(const AuthRequests& one) { return {one.source, one.requests, as_json(one.latency)}; }

template <class T>
json as_json(const std::vector<T>& rows) {
  json out = json::array();
  for (const auto& row : rows) out.push_back(as_json(row));
  return out;
}

template <class T>
json as_json(const result<T>& outcome) {
  return outcome ? as_json(*outcome) : error_as_json(outcome.error());
}

// ---- the same from a reply ----

json expected_operations(const json& reply) {
  json rows = json::array();
  const auto& flat = reply[3];
  for (std::size_t i = 0; i < flat.size(); i += 2)
    rows.push_back(json::array({flat[i] == "NLM4" ? json("NLMv4") : flat[i], flat[i + 1]}));
  return rows;
}

// Headers are recognized by their colon, procedures by the number that follows.
json expected_calls(const json& reply) {
  const std::map<std::string, std::string> headers = {{"NFSv3:", "NFSv3"},
                                                      {"\nNFSv4:", "NFSv4"},
                                                      {"\nNLM:", "NLMv4"},
                                                      {"\nMNT:", "MNT"},
                                                      {"\nQUOTA:", "RQUOTA"}};
  json rows = json::array();
  std::string protocol, procedure;
  for (const auto& value : reply[3]) {
    if (value.is_number())
      rows.push_back(json::array({protocol, procedure, value}));
    else if (procedure = value; procedure.ends_with(':'))
      protocol = headers.at(procedure);
  }
  return rows;
}

json expected_timed(const json& reply) {
  json rows = json::array();
  for (const auto& row : reply[3]) {
    const auto last = row.size() - 1;
    json one = {{"name", row[0]}, {"calls", row[1]}, {"errors", row[2]}};
    one["latency"] = {expected_sum(row[last - 2], row[1]), expected_seconds(row[last - 1]),
                      expected_seconds(row[last])};
    if (row.size() == 7) one["duplicates"] = row[3];
    rows.push_back(one);
  }
  return rows;
}

json expected_auth(const json& figures) {
  json rows = json::array();
  const char* const sources[] = {"group_cache", "winbind", "dns"};
  for (std::size_t i = 0; 4 * i < figures.size(); ++i) {
    const json four(figures.begin() + static_cast<std::ptrdiff_t>(4 * i),
                    figures.begin() + static_cast<std::ptrdiff_t>(4 * i + 4));
    const json latency = {expected_sum(four[1], four[0]), expected_seconds(four[3]),
                          expected_seconds(four[2])};
    rows.push_back(json::array({sources[i], four[0], latency}));
  }
  return rows;
}

// ---- every recorded reply ----

TEST_P(EveryRecord, OfGetGlobalOpsGivesItsProtocols) {
  const auto one = record("GetGlobalOPS");
  EXPECT_EQ(as_json(decode_global_operations(one.message())), expected_operations(one.reply));
}

TEST_P(EveryRecord, OfGetFastOpsGivesItsProcedures) {
  const auto one = record("GetFastOPS");
  const auto calls = as_json(decode_procedure_calls(one.message()));
  EXPECT_EQ(calls, expected_calls(one.reply));
  EXPECT_GT(calls.size(), 30U);
}

TEST_P(EveryRecord, OfTheFullStatisticsGivesItsProcedures) {
  for (const auto* method : {"GetFULLV3Stats", "GetFULLV4Stats"}) {
    const auto one = record(method);
    EXPECT_EQ(as_json(decode_timed_procedures(one.message())), expected_timed(one.reply)) << method;
    EXPECT_GT(one.reply[3].size(), 4U);
  }
}

TEST_P(EveryRecord, OfGetAuthStatsGivesItsSources) {
  for (const auto& one : records("GetAuthStats"))
    EXPECT_EQ(as_json(decode_auth(one.message())), expected_auth(one.reply[3]));
}

TEST_P(EveryRecord, OfGetFsalStatsIsARefusal) {
  for (const auto& one : records("GetFSALStats")) {
    const auto stats = decode_fsal(one.message());
    ASSERT_FALSE(stats);
    EXPECT_EQ(error_as_json(stats.error()), expected_refusal(one.reply));
  }
}

// ---- by hand ----

TEST(DecodeTimedProcedures, GivesTheExtremesAsTheServerMeasuredThem) {
  for (const int nanoseconds : {1, 2, 951, 1001, 123457}) {
    const double ms = nanoseconds * 0.000001;  // the server's own conversion
    const json reply = {true, "OK", {1, 2}, {{"READ", 1, 0, ms, ms, ms}}, "OK"};
    const auto procedures = decode_timed_procedures(wire_message("bs(tt)a(sttddd)s", reply)).value();
    EXPECT_EQ(procedures[0].latency.min_seconds, nanoseconds / 1e9) << nanoseconds;
    EXPECT_EQ(procedures[0].latency.max_seconds, nanoseconds / 1e9) << nanoseconds;
  }
}

TEST(DecodeTimedProcedures, GivesNoExtremeThatIsNoDuration) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const double ms : {std::nan(""), infinity, -infinity, -1.5}) {
    const json reply = {true, "OK", {1, 2}, {{"READ", 1, 0, 1.0, ms, ms}}, "OK"};
    const auto procedures = decode_timed_procedures(wire_message("bs(tt)a(sttddd)s", reply)).value();
    EXPECT_TRUE(std::isnan(procedures[0].latency.min_seconds)) << ms;
    EXPECT_TRUE(std::isnan(procedures[0].latency.max_seconds)) << ms;
    EXPECT_EQ(procedures[0].latency.sum_ns, 1'000'000U);
  }
}

TEST(DecodeTimedProcedures, GivesWholeNanoseconds) {
  const auto procedures = decode_timed_procedures(wire_record("3.5", "GetFULLV3Stats").message()).value();
  EXPECT_EQ(procedures[0].procedure, "GETATTR");
  EXPECT_EQ(procedures[0].latency.sum_ns, 8883U);  // 741 and 8142
  EXPECT_DOUBLE_EQ(procedures[0].latency.min_seconds, 741e-9);
  EXPECT_DOUBLE_EQ(procedures[0].latency.max_seconds, 8142e-9);
  EXPECT_EQ(procedures[3].procedure, "WRITE");
  EXPECT_EQ(procedures[3].latency.sum_ns, 1041514U);
}

TEST(DecodeTimedProcedures, KeepsTheFiguresApart) {
  const auto v3 = R"([true, "OK", [1, 2], [["READ", 11, 12, 13, 1.5, 0.5, 2.5]], "OK"])"_json;
  EXPECT_EQ(as_json(decode_timed_procedures(wire_message("bs(tt)a(stttddd)s", v3))),
            R"([{"name": "READ", "calls": 11, "errors": 12, "duplicates": 13,
                 "latency": [16500000, 0.0005, 0.0025]}])"_json);
  const auto v4 = R"([true, "OK", [1, 2], [["READ", 11, 12, 1.5, 0.5, 2.5]], "OK"])"_json;
  EXPECT_EQ(as_json(decode_timed_procedures(wire_message("bs(tt)a(sttddd)s", v4))),
            R"([{"name": "READ", "calls": 11, "errors": 12, "latency": [16500000, 0.0005, 0.0025]}])"_json);
}

TEST(DecodeTimedProcedures, HasNoRowsWhereNothingWasCalled) {
  const auto v3 = R"([true, "OK", [1, 2], [["None", 0, 0, 0, 0.0, 0.0, 0.0]], "None"])"_json;
  EXPECT_EQ(as_json(decode_timed_procedures(wire_message("bs(tt)a(stttddd)s", v3))), json::array());
  const auto v4 = R"([true, "OK", [1, 2], [["None", 0, 0, 0.0, 0.0, 0.0]], "None"])"_json;
  EXPECT_EQ(as_json(decode_timed_procedures(wire_message("bs(tt)a(sttddd)s", v4))), json::array());
  const auto nothing = R"([true, "OK", [1, 2], [], "OK"])"_json;
  EXPECT_EQ(as_json(decode_timed_procedures(wire_message("bs(tt)a(sttddd)s", nothing))), json::array());
}

TEST(DecodeTimedProcedures, SumsWhatIsNoNumberOrTooMuch) {
  const auto sum = [](double average, std::uint64_t calls) {
    json reply = R"([true, "OK", [1, 2], [["READ", 0, 0, 0.0, 0.0, 0.0]], "OK"])"_json;
    reply[3][0][1] = calls;
    reply[3][0][3] = average;
    return decode_timed_procedures(wire_message("bs(tt)a(sttddd)s", reply)).value().at(0).latency.sum_ns;
  };
  EXPECT_EQ(sum(std::numeric_limits<double>::quiet_NaN(), 0), 0U);
  EXPECT_EQ(sum(-1, 1), 0U);
  EXPECT_EQ(sum(1e300, 2), std::numeric_limits<std::uint64_t>::max());
}

json operations_in(const std::string& layout, const json& flat) {
  json reply = R"([true, "OK", [1, 2]])"_json;
  reply.push_back(flat);
  return as_json(decode_global_operations(wire_message("bs(tt)" + layout, reply)));
}

TEST(DecodeGlobalOperations, KnowsTheNamesOfEveryVersion) {
  const auto flat = R"(["NFSv3", 1, "NLM", 2, "NMLv4", 3, "QUOTA", 4, "MNTv3", 5])"_json;
  EXPECT_EQ(operations_in("(ststststst)", flat),
            R"([["NFSv3", 1], ["NLMv4", 2], ["NLMv4", 3], ["RQUOTA", 4], ["MNTv3", 5]])"_json);
}

json calls_in(const std::string& layout, const json& flat) {
  json reply = R"([true, "OK", [1, 2]])"_json;
  reply.push_back(flat);
  return as_json(decode_procedure_calls(wire_message("bs(tt)" + layout, reply)));
}

TEST(DecodeProcedureCalls, KnowsHeadersByWhatFollows) {
  const auto flat = R"(["NFSv3:", "READ", 7, "\nNLM:", "TEST_RES ", 8, "\nQUOTA:", "GET", 9])"_json;
  EXPECT_EQ(calls_in("(sstsstsst)", flat),
            R"([["NFSv3", "READ", 7], ["NLMv4", "TEST_RES", 8], ["RQUOTA", "GET", 9]])"_json);
}

TEST(DecodeProcedureCalls, KeepsTheNameOfAnUnknownHeader) {
  const auto flat = R"(["\nNFSv5 :", "READ", 7, "\n9P", "CLUNK", 8])"_json;
  EXPECT_EQ(calls_in("(sstsst)", flat), R"([["NFSv5", "READ", 7], ["9P", "CLUNK", 8]])"_json);
}

TEST(DecodeProcedureCalls, HasNoRowsWhereNothingWasCalled) {
  EXPECT_EQ(calls_in("(sssss)", R"(["NFSv3:", "\nNFSv4:", "\nNLM:", "\nMNT:", "\nQUOTA:"])"_json),
            json::array());
  EXPECT_EQ(calls_in("(s)", R"(["NFSv4:"])"_json), json::array());
}

const auto auth_figures = R"([10, 1.5, 2.5, 0.5, 20, 11.5, 12.5, 10.5, 30, 21.5, 22.5, 20.5])"_json;
const auto auth_rows = R"([["group_cache", 10, [15000000, 0.0005, 0.0025]],
                           ["winbind", 20, [230000000, 0.0105, 0.0125]],
                           ["dns", 30, [645000000, 0.0205, 0.0225]]])"_json;

TEST(DecodeAuth, ReadsTheMostBeforeTheLeast) {
  const json reply = {true, "OK", {1, 2}, auth_figures};
  EXPECT_EQ(as_json(decode_auth(wire_message("bs(tt)(tdddtdddtddd)", reply))), auth_rows);
}

TEST(DecodeAuth, ReadsTheArrayOfTheIntrospection) {
  const json reply = {true, "OK", {1, 2}, json::array({auth_figures})};
  EXPECT_EQ(as_json(decode_auth(wire_message("bs(tt)a(tdddtdddtddd)", reply))), auth_rows);
}

TEST(DecodeAuth, ReadsServersThatDoNotTellDns) {
  const json reply = {true, "OK", {1, 2}, {10, 1.5, 2.5, 0.5, 20, 11.5, 12.5, 10.5}};
  EXPECT_EQ(as_json(decode_auth(wire_message("bs(tt)(tdddtddd)", reply))),
            json::array({auth_rows[0], auth_rows[1]}));
}

TEST(DecodeFsal, ReadsTheOperationsOfGpfs) {
  const auto reply = R"([true, "OK", [1, 2], "GPFS",
                         ["OPENHANDLE_GET_ACL", 4, 1.5, 0.5, 2.5, "OPENHANDLE_READ", 2, 0.25, 0.125, 0.375],
                         "OK"])"_json;
  const auto stats = decode_fsal(wire_message("bs(tt)s(stdddstddd)s", reply)).value();
  EXPECT_EQ(stats.fsal, "GPFS");
  EXPECT_EQ(as_json(stats.operations),
            R"([{"name": "OPENHANDLE_GET_ACL", "calls": 4, "errors": 0, "latency": [6000000, 0.0005, 0.0025]},
                {"name": "OPENHANDLE_READ", "calls": 2, "errors": 0,
                 "latency": [500000, 0.000125, 0.000375]}])"_json);
}

TEST(DecodeFsal, HasNoRowsWhereNothingWasCalled) {
  const auto reply = R"([true, "OK", [1, 2], "GPFS", ["None", 0, 0.0, 0.0, 0.0], "None"])"_json;
  EXPECT_TRUE(decode_fsal(wire_message("bs(tt)s(stddd)s", reply)).value().operations.empty());
}

TEST(DecodeFsal, RefusesWhatBreaksOff) {
  const auto reply = R"([true, "OK", [1, 2], "GPFS", ["READ", 4, 1.5, 0.5, 2.5], "OK"])"_json;
  expect_broken_at_every_byte({"ExportMgr", "GetFSALStats", {}, "bs(tt)s(stddd)s", reply}, decode_fsal);
}

// ---- unknown layouts ----

struct Unknown {
  const char* signature;
  json values;
  json (*decode)(const Message&);
};

json decoded_operations(const Message& reply) { return as_json(decode_global_operations(reply)); }
json decoded_calls(const Message& reply) { return as_json(decode_procedure_calls(reply)); }
json decoded_timed(const Message& reply) { return as_json(decode_timed_procedures(reply)); }
json decoded_auth(const Message& reply) { return as_json(decode_auth(reply)); }
json decoded_fsal(const Message& reply) {
  const auto stats = decode_fsal(reply);
  return stats ? json() : error_as_json(stats.error());
}

std::vector<Unknown> unknown_layouts() {
  return {
      {"bs(tt)a(st)", R"([true, "OK", [1, 2], []])"_json, decoded_operations},
      {"bs(tt)(sts)", R"([true, "OK", [1, 2], ["NFSv3", 1, "NFSv4"]])"_json, decoded_operations},
      {"bs(tt)(stt)", R"([true, "OK", [1, 2], ["READ", 1, 2]])"_json, decoded_calls},
      {"bs(tt)(t)", R"([true, "OK", [1, 2], [1]])"_json, decoded_calls},
      // 2.7.x: of its flat struct no more is known than that it is one.
      {"bs(tt)(stttddd)s", R"([true, "OK", [1, 2], ["READ", 1, 2, 3, 4.0, 5.0, 6.0], "OK"])"_json,
       decoded_timed},
      {"bs(tt)a(sttttddd)s", R"([true, "OK", [1, 2], [], "OK"])"_json, decoded_timed},
      {"bs(tt)(tddd)", R"([true, "OK", [1, 2], [1, 2.0, 3.0, 4.0]])"_json, decoded_auth},
      {"bs(tt)s(std)s", R"([true, "OK", [1, 2], "GPFS", ["READ", 1, 2.0], "OK"])"_json, decoded_fsal},
      {"bs(tt)s(stddd)", R"([true, "OK", [1, 2], "GPFS", ["READ", 1, 2.0, 2.0, 2.0]])"_json, decoded_fsal},
  };
}

TEST(DecodeProcedures, TellTheSignatureMetAndTheOneExpected) {
  for (const auto& [signature, values, decode] : unknown_layouts()) {
    const auto outcome = decode(wire_message(signature, values));
    ASSERT_EQ(outcome.value("error", ""), "malformed_reply") << signature << ' ' << outcome;
    EXPECT_THAT(outcome["text"].get<std::string>(),
                HasSubstr("signature '" + std::string(signature) + "', expected 'bs(tt)"));
  }
}

TEST(DecodeProcedures, PassOnARefusal) {
  const auto no = wire_message("bs", {false, "NFS stats are off"});
  const json expected = {{"error", "refused"}, {"text", "NFS stats are off"}};
  for (const auto decode : {decoded_operations, decoded_calls, decoded_timed, decoded_auth, decoded_fsal})
    EXPECT_EQ(decode(no), expected);
}

}  // namespace
