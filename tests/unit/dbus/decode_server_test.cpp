#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dbus/methods.hpp"
#include "records.hpp"

namespace {

using namespace ganesha::dbus;
using namespace ganesha::test;
using nlohmann::json;
using namespace nlohmann::literals;
using testing::HasSubstr;

json as_json(const MdCache& cache) {
  json out = {{"hits", cache.hits},        {"adds", cache.adds},     {"mappings", cache.mappings},
              {"entries", cache.entries},  {"chunks", cache.chunks}, {"fsal_fds", cache.fsal_fds},
              {"fd_state", cache.fd_state}};
  if (cache.system_limit) out["system_limit"] = *cache.system_limit;
  return out;
}

json as_json(const FdUsage& usage) {
  return {{"system_limit", usage.system_limit}, {"low_mark", usage.low_mark},
          {"high_mark", usage.high_mark},       {"hard_limit", usage.hard_limit},
          {"global_fds", usage.global_fds},     {"fd_state", usage.fd_state}};
}

json as_json(const DrcInfo& info) { return {info.entries, info.drcs, info.inactive_drcs}; }

json as_json(const std::vector<MemoryUse>& components) {
  json out = json::array();
  for (const auto& one : components)
    out.push_back({one.component, one.allocations, one.frees, one.allocated_bytes, one.freed_bytes,
                   one.active_bytes, one.peak_bytes});
  return out;
}

template <class T>
json as_json(const result<T>& outcome) {
  return outcome ? as_json(*outcome) : error_as_json(outcome.error());
}

// ---- every recorded reply ----

// By position. 2.8 has the counts alone.
json expected_mdcache(const json& reply) {
  const auto& counts = reply[3];
  json expected = {{"hits", counts[3]}, {"adds", counts[9]}, {"mappings", counts[11]}, {"fsal_fds", 0},
                   {"entries", 0},      {"chunks", 0},       {"fd_state", ""}};
  if (reply.size() == 4) return expected;
  const auto& used = reply[4];
  EXPECT_EQ(used[5], " Below Low Water Mark ");
  expected.update({{"fsal_fds", used[1]},
                   {"system_limit", used[3]},
                   {"fd_state", "below_low"},
                   {"entries", used[7]},
                   {"chunks", used[9]}});
  return expected;
}

TEST_P(EveryRecord, OfTheMetadataCacheGivesItsFigures) {
  const auto renamed = records("ShowMDCache");
  const auto one = renamed.empty() ? record("ShowCacheInode") : renamed.at(0);
  EXPECT_EQ(as_json(decode_mdcache(one.message())), expected_mdcache(one.reply));
  EXPECT_GT(decode_mdcache(one.message()).value().hits, 1000U);
}

TEST_P(EveryRecord, OfShowFdUsageGivesItsFigures) {
  for (const auto& one : records("ShowFDUsage")) {
    const auto& flat = one.reply[3];
    const json expected = {{"system_limit", flat[1]}, {"low_mark", flat[3]},     {"high_mark", flat[5]},
                           {"hard_limit", flat[7]},   {"fd_state", "below_low"}, {"global_fds", flat[11]}};
    EXPECT_EQ(as_json(decode_fd_usage(one.message())), expected);
  }
}

TEST_P(EveryRecord, OfGetDrcInfoGivesItsSums) {
  for (const auto& one : records("get_drc_info")) {
    std::uint64_t entries = 0;
    for (const auto& cache : one.reply[0]) entries += cache[5].get<std::uint64_t>();
    EXPECT_EQ(as_json(decode_drc(one.message())), json::array({entries, one.reply[1][1], one.reply[2][1]}));
    EXPECT_EQ(entries, 10U);
  }
}

TEST_P(EveryRecord, OfGetMemoryStatsGivesEachComponent) {
  for (const auto& one : records("GetMemoryStats")) {
    json expected = json::array();
    for (const auto& [component, values] : one.reply[2].get<std::vector<std::pair<json, json>>>()) {
      expected.push_back(json::array({component}));
      for (const auto& value : values) expected.back().push_back(value[1]);
    }
    EXPECT_EQ(as_json(decode_memory(one.message())), expected);
    EXPECT_EQ(expected.size(), 22U);
  }
}

// ---- layouts and texts that no recording has ----

const auto old_counts = R"(["cache_req", 1, "cache_hit", 2, "cache_miss", 3, "cache_conf", 4,
                            "cache_added", 5, "cache_mapping", 6])"_json;

TEST(DecodeMdCache, ReadsServersBefore3_3) {
  const json reply = {true, "OK", {1, 2}, old_counts};
  const auto cache = decode_mdcache(wire_message("bs(tt)(stststststst)", reply)).value();
  EXPECT_EQ(cache.hits, 2U);
  EXPECT_EQ(cache.adds, 5U);
  EXPECT_EQ(cache.mappings, 6U);
  EXPECT_EQ(cache.entries, 0U);
  EXPECT_FALSE(cache.system_limit);
  EXPECT_EQ(cache.fd_state, "");
}

TEST(DecodeMdCache, FindsItsFiguresByLabel) {
  const auto counts =
      R"(["Cache Mapping", 6, "Cache Hits :", 2, " Cache Adds: ", 5, "Cache Evictions", 7])"_json;
  const auto used = R"([" Chunks in use : ", 9, "FD usage:", " Hard Limit reached ", "Temporary FDs", 3,
                        "System limit on FDs", 20000, "FSAL opened FD count", 8, "LRU entries in use", 4])"_json;
  const json reply = {true, "OK", {1, 2}, counts, used};
  EXPECT_EQ(as_json(decode_mdcache(wire_message("bs(tt)(stststst)(stsssusustst)", reply))),
            R"({"hits": 2, "adds": 5, "mappings": 6, "entries": 4, "chunks": 9, "fsal_fds": 8,
                "system_limit": 20000, "fd_state": "hard_limit"})"_json);
}

std::string state_of(const char* text) {
  json reply = wire_record("4.3", "ShowCacheInode").reply;
  reply[4][5] = text;
  return std::string(
      decode_mdcache(wire_message("bs(tt)(stststststst)(stsussstst)", reply)).value().fd_state);
}

TEST(DecodeMdCache, KnowsEveryStateOfTheDescriptors) {
  EXPECT_EQ(state_of(" Below Low Water Mark "), "below_low");
  EXPECT_EQ(state_of("        Below High Water Mark "), "below_high");
  EXPECT_EQ(state_of(" Above High Water Mark "), "above_high");
  EXPECT_EQ(state_of(" Hard Limit reached "), "hard_limit");
  EXPECT_EQ(state_of("50.00%"), "");
  EXPECT_EQ(state_of(""), "");
}

TEST(DecodeMdCache, NamesTheMissingLabel) {
  const json reply = {true, "OK", {1, 2}, R"(["Cache Hits", 1, "Cache Adds", 2])"_json};
  const auto cache = decode_mdcache(wire_message("bs(tt)(stst)", reply));
  ASSERT_FALSE(cache);
  EXPECT_EQ(cache.error().code, errc::malformed_reply);
  EXPECT_EQ(cache.error().detail, "the reply has no 'Cache Mapping'");
}

TEST(DecodeFdUsage, NamesTheMissingLabel) {
  const json reply = {true, "OK", {1, 2}, R"(["System limit on FDs", 1, "FD High WaterMark", 2])"_json};
  const auto usage = decode_fd_usage(wire_message("bs(tt)(susu)", reply));
  ASSERT_FALSE(usage);
  EXPECT_EQ(usage.error().detail, "the reply has no 'FD Low WaterMark'");
}

TEST(DecodeFdUsage, ReadsTheCorrectSpellingToo) {
  auto one = wire_record("6.5", "ShowFDUsage");
  const auto before = as_json(decode_fd_usage(one.message()));
  one.reply[3][6] = "FD Hard Limit";
  EXPECT_EQ(as_json(decode_fd_usage(one.message())), before);
}

constexpr auto drc_layout = "a(sssusu)(su)(su)bs";

TEST(DecodeDrc, ReadsAServerWithoutCaches) {
  const auto reply = R"([[], ["Number of DRCs:", 3], ["Number of inactive DRCs:", 1], true, "OK"])"_json;
  EXPECT_EQ(as_json(decode_drc(wire_message(drc_layout, reply))), json::array({0, 3, 1}));
}

TEST(DecodeDrc, TakesTheRefusalAtTheEnd) {
  const auto reply = R"([[], ["Number of DRCs:", 0], ["Number of inactive DRCs:", 0], false, "no"])"_json;
  const json expected = {{"error", "refused"}, {"text", "no"}};
  EXPECT_EQ(as_json(decode_drc(wire_message(drc_layout, reply))), expected);
}

// Later servers send more, and what is in use as the bits of a signed number.
json later_memory() {
  return R"([["FSAL", [["Peak_Active_Bytes", 6], ["Interval_Alloc_Calls", 7],
                       ["Current_Active_Bytes", 18446744073709551611], ["Lifetime_Freed_Bytes", 4],
                       ["Lifetime_Alloc_Bytes", 3], ["Lifetime_Free_Calls", 2], ["Lifetime_Alloc_Calls", 1]]]])"_json;
}

TEST(DecodeMemory, FindsItsValuesByLabelAndTheirSign) {
  const json expected = {{"FSAL", 1, 2, 3, 4, -5, 6}};
  EXPECT_EQ(as_json(decode_memory(wire_message("bsa(sa(st))", {true, "OK", later_memory()}))), expected);
}

TEST(DecodeMemory, ReadsTheStructOfTheIntrospection) {
  const json in_struct = {true, "OK", json::array({later_memory()})};
  EXPECT_EQ(decode_memory(wire_message("bs(a(sa(st)))", in_struct)).value().size(), 1U);
}

TEST(DecodeMemory, NamesTheLabelThatIsMissing) {
  auto components = later_memory();
  components[0][1].erase(5);
  const json expected = {{"error", "malformed_reply"}, {"text", "the reply has no 'Lifetime_Free_Calls'"}};
  EXPECT_EQ(as_json(decode_memory(wire_message("bsa(sa(st))", {true, "OK", components}))), expected);
}

TEST(DecodeMemory, AcceptsAServerWithoutComponents) {
  const json none = {true, "OK", json::array()};
  EXPECT_EQ(as_json(decode_memory(wire_message("bsa(sa(st))", none))), json::array());
}

// ---- unknown layouts ----

template <class T>
void expect_unknown(const result<T>& outcome, const std::string& signature, const std::string& expected) {
  ASSERT_FALSE(outcome) << signature;
  EXPECT_EQ(outcome.error().code, errc::malformed_reply);
  EXPECT_THAT(outcome.error().detail, HasSubstr("signature '" + signature + "', expected '" + expected));
}

TEST(DecodeServer, ReportsTheSignatureReceivedAndTheOneExpected) {
  const auto one = R"([true, "OK", [1, 2], ["Cache Hits", 1.5]])"_json;
  expect_unknown(decode_mdcache(wire_message("bs(tt)(sd)", one)), "bs(tt)(sd)", "bs(tt)(st...)");
  expect_unknown(decode_fd_usage(wire_message("bs(tt)(sd)", one)), "bs(tt)(sd)", "bs(tt)(s[tus]...)");
  const auto three = R"([true, "OK", [1, 2], ["a", 1], ["b", 2], ["c", 3]])"_json;
  const std::string layout = "bs(tt)(st)(st)(st)";
  expect_unknown(decode_mdcache(wire_message(layout, three)), layout, "bs(tt)(st...)[(s[tus]...)]");
  expect_unknown(decode_fd_usage(wire_message(layout, three)), layout, "bs(tt)(s[tus]...)");
  expect_unknown(decode_drc(wire_message("bs", {true, "OK"})), "bs", drc_layout);
  expect_unknown(decode_memory(wire_message("bs", {true, "OK"})), "bs", "bsa(sa(st)) or bs(a(sa(st)))");
}

TEST(DecodeServer, PassesOnARefusal) {
  const auto no = wire_message("bs", {false, "no"});
  const json expected = {{"error", "refused"}, {"text", "no"}};
  EXPECT_EQ(as_json(decode_mdcache(no)), expected);
  EXPECT_EQ(as_json(decode_fd_usage(no)), expected);
  EXPECT_EQ(as_json(decode_memory(no)), expected);
}

}  // namespace
