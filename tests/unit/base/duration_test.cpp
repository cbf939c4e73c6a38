#include "exporter/base/duration.hpp"

#include <gtest/gtest.h>

namespace {
using namespace ganesha::exporter;
using namespace std::chrono_literals;

TEST(Duration, IsReadAsPrometheusWritesIt) {
  EXPECT_EQ(parse_duration("200ms"), 200ms);
  EXPECT_EQ(parse_duration("5s"), 5s);
  EXPECT_EQ(parse_duration("1m30s"), 90s);
  EXPECT_EQ(parse_duration("24h"), 24h);
  EXPECT_EQ(parse_duration("1d"), 24h);
  EXPECT_EQ(parse_duration("1w"), 168h);
  EXPECT_EQ(parse_duration("1y"), 8760h);
  EXPECT_EQ(parse_duration("1h1ms"), 1h + 1ms);
  EXPECT_EQ(parse_duration("0"), 0ms);
  EXPECT_EQ(parse_duration("0s"), 0ms);
  EXPECT_EQ(parse_duration("007s"), 7s);
}

TEST(Duration, IsNothingOnNonsense) {
  for (const auto* text : {"", "5", "5x", "s", "-5s", "+5s", " 5s", "5s ", "5 s", "1.5s", "5S", "30s1m",
                           "5s5s", "1m1", "00", "1ms1s", "5us", "\xff", "5sx"})
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

TEST(Duration, IsNothingBeyondAHundredYears) {
  EXPECT_TRUE(parse_duration("100y"));
  EXPECT_FALSE(parse_duration("100y1ms"));
  EXPECT_FALSE(parse_duration("101y"));
  EXPECT_FALSE(parse_duration("9223372036854775807ms"));
  EXPECT_FALSE(parse_duration("99999999999999999999999s"));
}

TEST(Duration, IsWrittenAsItIsRead) {
  for (const auto* text : {"200ms", "5s", "1m30s", "1h", "1d", "1w", "2y", "1h1m1s1ms", "0s", "25h"})
    EXPECT_EQ(format_duration(*parse_duration(text)), text);
  EXPECT_EQ(format_duration(90'000ms), "1m30s");
  EXPECT_EQ(format_duration(24h), "1d");
}

}  // namespace
