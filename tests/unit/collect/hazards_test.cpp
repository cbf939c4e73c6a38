#include "exporter/collect/hazards.hpp"

#include <gtest/gtest.h>

namespace {

using namespace ganesha::exporter;
using ganesha::dbus::Protocol;

ClientsSeen clients_of(std::initializer_list<Protocol> protocols) {
  ClientsSeen clients{true, {}};
  for (const auto protocol : protocols) clients.used.set(static_cast<std::size_t>(protocol));
  return clients;
}

bool safe(std::string_view method, std::string_view version, const ClientsSeen& clients) {
  return !hazard_of(method, version, clients);
}

TEST(AHazard, OfGetFastOpsIsRquotaAndNlmWithEveryServer) {
  for (const auto* version : {"2.5", "4.3", "6.5", "15.2", ""}) {
    EXPECT_EQ(hazard_of("GetFastOPS", version, clients_of({Protocol::nfsv3, Protocol::rquota})), "RQUOTA");
    EXPECT_EQ(hazard_of("GetFastOPS", version, clients_of({Protocol::nfsv3, Protocol::nlmv4})), "NLMv4");
    EXPECT_TRUE(safe("GetFastOPS", version, clients_of({Protocol::nfsv3, Protocol::mnt, Protocol::nfsv41})));
  }
}

TEST(AHazard, OfNfsv42IsGoneFrom61On) {
  for (const auto* method : {"GetFastOPS", "GetFULLV4Stats"}) {
    for (const auto* version : {"2.8.4", "4.3", "5.9", "6.0", "V6-dev.3", "unknown", ""})
      EXPECT_FALSE(safe(method, version, clients_of({Protocol::nfsv42}))) << method << ' ' << version;
    for (const auto* version : {"6.1", "6.5", "15.2"})
      EXPECT_TRUE(safe(method, version, clients_of({Protocol::nfsv42}))) << method << ' ' << version;
  }
}

TEST(AHazard, OfTheProceduresOfClientsIsNlm) {
  EXPECT_FALSE(safe("GetAllClientAllops", "15.2", clients_of({Protocol::nlmv4})));
  EXPECT_TRUE(safe("GetAllClientAllops", "15.2", clients_of({Protocol::nfsv3, Protocol::rquota})));
}

TEST(AHazard, OfGetFastOpsIsThatNoProtocolIsNotedThoughThereAreClients) {
  EXPECT_EQ(hazard_of("GetFastOPS", "15.2", clients_of({})), "unknown protocols");
  EXPECT_TRUE(safe("GetFastOPS", "15.2", {}));
  EXPECT_TRUE(safe("GetFULLV4Stats", "4.3", clients_of({})));
}

TEST(AHazard, IsNoneOfAnyOtherMethod) {
  ClientsSeen all{true, {}};
  all.used.set();
  for (const auto* method : {"ShowExports", "ShowClients", "GetNFSIO", "GetGlobalOPS", "GetFULLV3Stats"})
    EXPECT_TRUE(safe(method, "4.3", all)) << method;
}

TEST(AHazard, NeedsNoListOfClientsWhereThereIsNone) {
  EXPECT_TRUE(always_safe("GetFULLV4Stats", "6.5"));
  EXPECT_FALSE(always_safe("GetFULLV4Stats", "4.3"));
  EXPECT_FALSE(always_safe("GetFastOPS", "15.2"));
}

}  // namespace
