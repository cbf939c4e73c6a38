#include "ganesha/bus_name.hpp"

#include <gtest/gtest.h>

namespace {

using ganesha::bus_name;

TEST(TheBusName, BeginsWithThePrefix) {
  EXPECT_EQ(bus_name(""), "org.ganesha.nfsd");
  EXPECT_EQ(bus_name("site1"), "site1.org.ganesha.nfsd");
  EXPECT_EQ(bus_name("_1"), "_1.org.ganesha.nfsd");
}

TEST(TheBusName, HasNoPrefixThatTheServerIgnores) {
  for (const char* wrong : {"1site", "a.b", "a-b", " a", "\xc3\xa9"})
    EXPECT_EQ(bus_name(wrong), bus_name(""));
  EXPECT_EQ(bus_name(std::string(237, 'a')).size(), 254U);
  EXPECT_EQ(bus_name(std::string(238, 'a')), bus_name(""));
}

}  // namespace
