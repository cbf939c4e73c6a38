#include "exporter/site/host_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {
using namespace ganesha::exporter;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(AHostCheck, AcceptsAddressesAndLocalhost) {
  const HostCheck check({});
  for (const auto* host : {"127.0.0.1", "10.0.0.1:19587", "[::1]", "[fd00::1]:19587", "[fe80::1%eth0]:80",
                           "localhost", "LocalHost:19587", "localhost."})
    EXPECT_TRUE(check.accepts(host)) << host;
  EXPECT_TRUE(check.accepts("")) << "of a client that is no browser";
}

TEST(AHostCheck, RefusesNamesOfOthers) {
  const HostCheck check({"nfs.example.com"});
  for (const auto* host :
       {"evil.example.com", "evil.example.com:19587", "nfs.example.com.evil.org", "xnfs.example.com", "nfs",
        "10.0.0.1.evil.org", "localhost.evil.org", ":80", "[", "[]", "[evil.org]", "*"})
    EXPECT_FALSE(check.accepts(host)) << host;
}

TEST(AHostCheck, AcceptsTheNamesItIsGiven) {
  const HostCheck check({"NFS.example.com.", "*.svc.cluster.local"});
  for (const auto* host : {"nfs.example.com", "nfs.Example.com:19587", "nfs.example.com.:1",
                           "ganesha.storage.svc.cluster.local"})
    EXPECT_TRUE(check.accepts(host)) << host;
  EXPECT_FALSE(check.accepts("svc.cluster.local"));
  EXPECT_FALSE(check.accepts("evilsvc.cluster.local"));
}

TEST(AHostCheck, AcceptsEverythingWhenToldSo) { EXPECT_TRUE(HostCheck({"*"}).accepts("evil.example.com")); }

TEST(TheNamesOfAMachine, AreItsHostNameWholeAndBrief) {
  EXPECT_THAT(names_of({"nfs1.example.com", "", ""}), ElementsAre("nfs1.example.com", "nfs1"));
  EXPECT_THAT(names_of({"", "127.0.0.1 localhost\n", "search example.com\n"}), IsEmpty());
}

TEST(TheNamesOfAMachine, IncludeThoseBesideItInHosts) {
  const auto names = names_of({"nfs1",
                               "127.0.0.1 localhost\n127.0.1.1 nfs1.example.com nfs1 # nfs1.old\n"
                               "# 10.0.0.1 nfs1 commented\n10.0.0.2 other.example.com nfs\n\n",
                               ""});
  EXPECT_THAT(names, Contains("nfs1.example.com"));
  for (const auto* name : {"127.0.1.1", "commented", "nfs1.old", "other.example.com", "localhost"})
    EXPECT_THAT(names, testing::Not(Contains(name)));
}

TEST(TheNamesOfAMachine, IncludeTheDomainsThatItSearches) {
  const auto names =
      names_of({"nfs1", "", "nameserver 10.0.0.53\nsearch example.com example.org\ndomain a.net\n"});
  EXPECT_THAT(names, ElementsAre("nfs1", "nfs1", "nfs1.example.com", "nfs1.example.org", "nfs1.a.net"));
}

}  // namespace
