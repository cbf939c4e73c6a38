#include "ganesha/served_exports.hpp"

#include <gtest/gtest.h>

namespace {

using namespace ganesha;

ConfiguredExport configured(std::uint16_t id, const std::string& path) { return {id, path, path, ""}; }

dbus::ExportList served(const std::vector<std::uint16_t>& ids) {
  dbus::ExportList list;
  for (const auto id : ids) {
    dbus::Export one;
    one.id = id;
    list.exports.push_back(one);
  }
  return list;
}

struct ServedExports : testing::Test {
  Config config;

  void SetUp() override { config.exports = {configured(0, "/"), configured(7, "/a"), configured(8, "/b")}; }
};

TEST_F(ServedExports, AreEnoughWithOneBesideThePseudoRoot) {
  EXPECT_FALSE(serves_enough(config, served({0})));
  EXPECT_FALSE(serves_enough(config, served({})));
  EXPECT_TRUE(serves_enough(config, served({0, 8})));
  EXPECT_TRUE(serves_enough(config, served({0, 99}))) << "one of AddExport counts";
}

TEST_F(ServedExports, AreEnoughWhereNoneIsConfigured) {
  config.exports = {configured(0, "/")};
  EXPECT_TRUE(serves_enough(config, served({0})));
  config.exports = {};
  EXPECT_TRUE(serves_enough(config, served({})));
}

TEST_F(ServedExports, AreNotJudgedWhereTheConfigurationIsNotFullyKnown) {
  config.unknown = {"%url rados://pool/exports"};
  EXPECT_TRUE(serves_enough(config, served({0})));
}

TEST_F(ServedExports, AreMissedWithTheServersOwnWords) {
  StartLines lines;
  EXPECT_EQ(none_served(config, lines),
            "none of the 2 configured exports is served; the first missing: 7 (/a)");
  lines.take("x :CONFIG :CRIT :Could not create export for (/a) to (/a)");
  EXPECT_EQ(none_served(config, lines),
            "none of the 2 configured exports is served; the first missing: 7 (/a): "
            "x :CONFIG :CRIT :Could not create export for (/a) to (/a)");
}

}  // namespace
