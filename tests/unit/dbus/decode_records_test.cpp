// Every record of a method that is ever called is decoded, or is the refusal that it is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <set>

#include "dbus/methods.hpp"
#include "records.hpp"

namespace {

using namespace ganesha::dbus;
using namespace ganesha::test;

// What went wrong, if anything did.
using Outcome = boost::system::result<void, Error>;
using Decoder = std::function<Outcome(const Message&)>;

template <auto Decode>
Outcome outcome(const Message& reply) {
  if (const auto decoded = Decode(reply); !decoded) return decoded.error();
  return boost::system::in_place_value;
}

result<std::vector<StatsSwitch>> decode_all_switches(const Message& reply) { return decode_status(reply); }

const std::map<std::string, Decoder>& decoders() {
  static const std::map<std::string, Decoder> all = {
      {"DisplayExport", outcome<decode_export_info>},
      {"GetAllClientAllops", outcome<decode_all_client_procedures>},
      {"GetAllClientIOops", outcome<decode_all_client_details>},
      {"GetAuthStats", outcome<decode_auth>},
      {"GetClientIOops", outcome<decode_details>},
      {"GetDelegations", outcome<decode_delegations>},
      {"GetExportDetails", outcome<decode_details>},
      {"GetFSALStats", outcome<decode_fsal>},
      {"GetFULLV3Stats", outcome<decode_timed_procedures>},
      {"GetFULLV4Stats", outcome<decode_timed_procedures>},
      {"GetFastOPS", outcome<decode_procedure_calls>},
      {"GetGlobalOPS", outcome<decode_global_operations>},
      {"GetMemoryStats", outcome<decode_memory>},
      {"GetNFSIO", outcome<decode_export_io>},
      {"GetNFSv3IO", outcome<decode_io>},
      {"GetNFSv40IO", outcome<decode_io>},
      {"GetNFSv41IO", outcome<decode_io>},
      {"GetNFSv41Layouts", outcome<decode_layouts>},
      {"GetNFSv42IO", outcome<decode_io>},
      {"GetNFSv42Layouts", outcome<decode_layouts>},
      {"ShowCacheInode", outcome<decode_mdcache>},
      {"ShowClients", outcome<decode_clients>},
      {"ShowExports", outcome<decode_exports>},
      {"ShowFDUsage", outcome<decode_fd_usage>},
      {"ShowMDCache", outcome<decode_mdcache>},
      {"StatusStats", outcome<decode_all_switches>},
      {"get_drc_info", outcome<decode_drc>},
      {"get_grace", outcome<decode_grace>},
  };
  return all;
}

// Recorded, but never called: decode_test.cpp reads the version out of GetAll; GetClientAllops can end the
// server.
const std::set<std::string> not_called = {"Get9pIO",     "Get9pTrans",  "GetAll",     "GetClientAllops",
                                          "GetNFSIOMon", "GetTotalOPS", "trim_status"};

TEST_P(EveryRecord, IsDecodedOrRefused) {
  std::size_t accepted = 0;
  for (const auto& one : wire_records(GetParam())) {
    if (not_called.contains(one.method)) continue;
    SCOPED_TRACE(one.method + ' ' + one.args.dump());
    ASSERT_TRUE(decoders().contains(one.method));
    const auto decoded = decoders().at(one.method)(one.message());
    const bool refused = one.signature == "bs" && one.reply[0] == false;
    ASSERT_EQ(decoded.has_value(), !refused) << (decoded ? "" : decoded.error().message());
    if (!refused) {
      ++accepted;
      continue;
    }
    EXPECT_EQ(error_as_json(decoded.error()), expected_refusal(one.reply));
  }
  EXPECT_GT(accepted, 25U);
}

TEST_P(EveryRecord, OfAnyMethodIsRefusedWhenItBreaksOff) {
  std::set<std::string> done = {"ShowClients", "ShowExports", "GetNFSIO", "StatusStats"};  // decode_test.cpp
  for (const auto& one : wire_records(GetParam()))
    if (decoders().contains(one.method) && one.signature != "bs" && done.insert(one.method).second)
      expect_broken_at_every_byte(one, decoders().at(one.method));
}

TEST(DecodeAnything, RefusesAnEmptyReplyOfEveryMethod) {
  const auto empty = wire_message("", nlohmann::json::array());
  for (const auto& [method, decoder] : decoders())
    EXPECT_EQ(decoder(empty).error().code, errc::malformed_reply) << method;
}

TEST(DecodeAnything, RefusesAnAcceptedReplyWithoutContent) {
  const auto yes = wire_message("bs", {true, "OK"});
  for (const auto& [method, decoder] : decoders())
    EXPECT_EQ(decoder(yes).error().code, errc::malformed_reply) << method;
}

}  // namespace
