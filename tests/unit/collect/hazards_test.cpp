#include "exporter/collect/hazards.hpp"

#include <gtest/gtest.h>

namespace {

using namespace ganesha::exporter;
using ganesha::dbus::Method;
using ganesha::dbus::Protocol;
namespace methods = ganesha::dbus::methods;

ClientsSeen clients_of(std::initializer_list<Protocol> protocols) {
  ClientsSeen clients{true, {}};
  for (const auto protocol : protocols) clients.used.set(static_cast<std::size_t>(protocol));
  return clients;
}

bool safe(const Method& method, std::string_view version, const ClientsSeen& clients) {
  return !hazard_of(method, version, clients);
}

TEST(AHazard, OfGetFastOpsIsRquotaAndNlmWithEveryServer) {
  for (const auto* version : {"2.5", "4.3", "6.5", "15.2", ""}) {
    EXPECT_EQ(hazard_of(methods::get_fast_ops, version, clients_of({Protocol::nfsv3, Protocol::rquota})),
              "RQUOTA");
    EXPECT_EQ(hazard_of(methods::get_fast_ops, version, clients_of({Protocol::nfsv3, Protocol::nlmv4})),
              "NLMv4");
    EXPECT_TRUE(
        safe(methods::get_fast_ops, version, clients_of({Protocol::nfsv3, Protocol::mnt, Protocol::nfsv41})));
  }
}

TEST(AHazard, OfNfsv42IsGoneFrom61On) {
  for (const Method& method :
       std::initializer_list<Method>{methods::get_fast_ops, methods::get_full_v4_stats}) {
    for (const auto* version : {"2.8.4", "4.3", "5.9", "6.0", "V6-dev.3", "unknown", ""})
      EXPECT_FALSE(safe(method, version, clients_of({Protocol::nfsv42}))) << method.name << ' ' << version;
    for (const auto* version : {"6.1", "6.5", "15.2"})
      EXPECT_TRUE(safe(method, version, clients_of({Protocol::nfsv42}))) << method.name << ' ' << version;
  }
}

TEST(AHazard, OfTheProceduresOfClientsIsNlm) {
  EXPECT_FALSE(safe(methods::get_all_client_all_ops, "15.2", clients_of({Protocol::nlmv4})));
  EXPECT_TRUE(safe(methods::get_all_client_all_ops, "15.2", clients_of({Protocol::nfsv3, Protocol::rquota})));
}

TEST(AHazard, OfGetFastOpsIsThatNoProtocolIsNotedThoughThereAreClients) {
  EXPECT_EQ(hazard_of(methods::get_fast_ops, "15.2", clients_of({})), "unknown protocols");
  EXPECT_TRUE(safe(methods::get_fast_ops, "15.2", {}));
  EXPECT_TRUE(safe(methods::get_full_v4_stats, "4.3", clients_of({})));
}

TEST(AHazard, IsNoneOfAnyOtherMethod) {
  ClientsSeen all{true, {}};
  all.used.set();
  for (const Method& method :
       std::initializer_list<Method>{methods::show_exports, methods::show_clients, methods::get_nfs_io,
                                     methods::get_global_ops, methods::get_full_v3_stats})
    EXPECT_TRUE(safe(method, "4.3", all)) << method.name;
}

TEST(AHazard, NeedsNoListOfClientsWhereThereIsNone) {
  EXPECT_TRUE(always_safe(methods::get_full_v4_stats, "6.5"));
  EXPECT_FALSE(always_safe(methods::get_full_v4_stats, "4.3"));
  EXPECT_FALSE(always_safe(methods::get_fast_ops, "15.2"));
}

}  // namespace
