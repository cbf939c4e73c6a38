#include "exporter/base/exporter_address.hpp"

#include <gtest/gtest.h>

namespace {
using namespace ganesha::exporter;

TEST(AnExporterAddress, IsAnAddressOrAUrl) {
  const ExporterAddress plain{{"a", 1}, Scheme::http};
  EXPECT_EQ(parse_exporter_address("a:1"), plain);
  EXPECT_EQ(parse_exporter_address("http://a:1"), plain);
  EXPECT_EQ(parse_exporter_address("http://a:1/"), plain);
  EXPECT_EQ(parse_exporter_address("https://[::1]:2"), (ExporterAddress{{"::1", 2}, Scheme::https}));
  EXPECT_EQ(parse_exporter_address("unix:/run/a.sock"),
            (ExporterAddress{{"", 0, "/run/a.sock"}, Scheme::http}));
}

TEST(AnExporterAddress, HasThePortOfItsSchemeUnlessItNamesOne) {
  EXPECT_EQ(parse_exporter_address("http://a")->at.port, 80);
  EXPECT_EQ(parse_exporter_address("https://a/")->at.port, 443);
  EXPECT_EQ(parse_exporter_address("https://[fd00::1]"), (ExporterAddress{{"fd00::1", 443}, Scheme::https}));
}

TEST(AnExporterAddress, IsNothingElse) {
  for (const auto* text : {"", "a", "ftp://a:1", "https://", "https://:1", "https:///", "https://a:1/path",
                           "https://user@a:1", "https://a:x", "https://unix:/a", "unix:a", "unix:"})
    EXPECT_FALSE(parse_exporter_address(text)) << text;
}

TEST(AListenAddress, MayBeAUnixSocket) {
  EXPECT_EQ(parse_listen_address("unix:/run/a.sock"), (ListenAddress{"", 0, "/run/a.sock"}));
  EXPECT_EQ(text_of(ListenAddress{"", 0, "/run/a.sock"}), "unix:/run/a.sock");
  EXPECT_EQ(text_of(ListenAddress{"::1", 5}), "[::1]:5");
  EXPECT_EQ(parse_listen_address("unix:80"), (ListenAddress{"unix", 80})) << "a host of that name";
  for (const auto* text : {"unix:", "unix:a/b", "unix:/", "unix:/run/", "unix:/a\nb", "unix:/a b"})
    EXPECT_FALSE(parse_listen_address(text)) << text;
}

}  // namespace
