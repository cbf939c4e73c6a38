#include "ganesha/metrics_page.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "endpoint.hpp"

namespace {

using namespace ganesha;
using test::at;

// Its address, or why there is none.
std::string found(const Monitoring& configured, const std::optional<std::vector<ListeningSocket>>& sockets) {
  const auto page = find_metrics_page(configured, sockets);
  if (!page.address) return page.why_none;
  std::ostringstream text;
  text << *page.address;
  return text.str();
}

TEST(TheMetricsPage, IsWhereTheServerListensOnItsConfiguredPort) {
  const std::vector sockets{at("0.0.0.0", 2049), at("0.0.0.0", 9587), at("192.0.2.1", 9100)};
  EXPECT_EQ(found({true, 9100, "0.0.0.0"}, sockets), "192.0.2.1:9100");
  EXPECT_EQ(found({}, sockets), "127.0.0.1:9587") << "every address is reached over loopback";
  EXPECT_EQ(found({}, std::vector{at("::", 9587)}), "[::1]:9587");
}

TEST(TheMetricsPage, IsFoundThoughTheConfigurationWasMisread) {
  const std::vector sockets{at("0.0.0.0", 2049), at("127.0.0.1", 9587)};
  for (const Monitoring& misread : {Monitoring{false, 9100, "10.0.0.1"}, Monitoring{{}, {}, "x"}})
    EXPECT_EQ(found(misread, sockets), "127.0.0.1:9587");
}

TEST(TheMetricsPage, IsMissingWhereTheServerDoesNotListenOnItsPort) {
  EXPECT_EQ(found({true, 9100, "0.0.0.0"}, std::vector{at("0.0.0.0", 2049)}),
            "NFS-Ganesha does not listen on its Monitoring_Port, 9100");
}

TEST(TheMetricsPage, IsWhereTheConfigurationSaysIfTheSocketsCannotBeRead) {
  EXPECT_EQ(found({}, std::nullopt), "127.0.0.1:9587");
  EXPECT_EQ(found({true, 9100, "192.0.2.1"}, std::nullopt), "192.0.2.1:9100");
  EXPECT_EQ(found({true, 9100, "::"}, std::nullopt), "[::1]:9100");
}

TEST(TheMetricsPage, IsMissingWhereTheConfigurationDoesNotTellIt) {
  EXPECT_EQ(found({false, 9587, "0.0.0.0"}, std::nullopt), "Enable_Metrics is false");
  const std::string unseen = "; the sockets of NFS-Ganesha cannot be read in /proc";
  EXPECT_EQ(found({true, {}, "0.0.0.0"}, std::nullopt), "its Monitoring_Port is unknown" + unseen);
  EXPECT_EQ(found({true, 9587, "nfs1"}, std::nullopt),
            "its Monitoring_Addr is not an address: nfs1" + unseen);
}

}  // namespace
