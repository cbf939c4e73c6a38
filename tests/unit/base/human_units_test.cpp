#include "exporter/base/human_units.hpp"

#include <gtest/gtest.h>

namespace {
using namespace ganesha::exporter;

TEST(HumanUnits, ShowBytesInThreeDigits) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(0.4), "0 B");
  EXPECT_EQ(human_bytes(999.4), "999 B");
  EXPECT_EQ(human_bytes(999.6), "1.00 kB");
  EXPECT_EQ(human_bytes(12'340), "12.3 kB");
  EXPECT_EQ(human_bytes(999'999), "1.00 MB");
  EXPECT_EQ(human_bytes(999.4e6), "999 MB");
  EXPECT_EQ(human_bytes(1.5e19), "15000 PB");
}

TEST(HumanUnits, ShowRatesInThreeDigits) {
  EXPECT_EQ(human_rate(0), "0");
  EXPECT_EQ(human_rate(0.2), "0.20");
  EXPECT_EQ(human_rate(9.996), "10.0");
  EXPECT_EQ(human_rate(999.4), "999");
  EXPECT_EQ(human_rate(999.6), "1.00k");
  EXPECT_EQ(human_rate(1.25e7), "12.5M");
}

TEST(HumanUnits, ShowLatencyInItsUnit) {
  EXPECT_EQ(human_latency(0), "0 µs");
  EXPECT_EQ(human_latency(0.000085), "85 µs");
  EXPECT_EQ(human_latency(0.0009994), "999 µs");
  EXPECT_EQ(human_latency(0.0009996), "1.00 ms");
  EXPECT_EQ(human_latency(0.9994), "999 ms");
  EXPECT_EQ(human_latency(0.9996), "1.00 s");
  EXPECT_EQ(human_latency(2.5), "2.50 s");
}

TEST(HumanUnits, ShowDurationsInTheirLargestUnits) {
  EXPECT_EQ(human_duration(4.9), "4 s");
  EXPECT_EQ(human_duration(-3), "0 s") << "clocks differ";
  EXPECT_EQ(human_duration(60), "1 min 0 s");
  EXPECT_EQ(human_duration(303), "5 min 3 s");
  EXPECT_EQ(human_duration(7500), "2 h 5 min");
  EXPECT_EQ(human_duration(2 * 86400 + 3600 * 3 + 59), "2 d 3 h");
  EXPECT_EQ(short_duration(59.9), "59 s");
  EXPECT_EQ(short_duration(60), "1 min");
  EXPECT_EQ(short_duration(2 * 3600), "2 h");
  EXPECT_EQ(short_duration(400 * 86400), "400 d");
  EXPECT_EQ(short_duration(-1), "0 s");
  EXPECT_EQ(human_ago(0.9), "just now");
  EXPECT_EQ(human_ago(61), "1 min 1 s ago");
}

TEST(HumanUnits, GroupTheDigitsOfCounts) {
  EXPECT_EQ(human_count(123), "123");
  EXPECT_EQ(human_count(1234567), "1,234,567");
}

}  // namespace
