#include "exporter/collect/io_table.hpp"

#include <gtest/gtest.h>

namespace {

using namespace ganesha::exporter;
using ganesha::dbus::BasicIO;

constexpr BasicIO nothing{};
constexpr BasicIO all{1, 2, 3, 4, 5, 6};
constexpr BasicIO unmeasured{0, 2, 3, 4, 0, 0};

IoTable table_of(const BasicIO& read, const BasicIO& write, IoDetectors detectors = {}) {
  IoTableBuilder builder;
  builder.add(0, "NFSv3", read, write);
  return std::move(builder).finish(detectors);
}

TEST(IoTable, IsSortedBySubjectAndProtocol) {
  IoTableBuilder builder;
  builder.add(1, "NFSv3", all, nothing);
  builder.add(0, "NFSv41", all, nothing);
  builder.add(0, "NFSv3", all, nothing);
  IoDetectors detectors;
  const auto table = std::move(builder).finish(detectors);
  ASSERT_EQ(table.rows.size(), 3U);
  EXPECT_EQ(table.rows[0].subject, 0U);
  EXPECT_EQ(table.rows[0].protocol, "NFSv3");
  EXPECT_EQ(table.rows[1].subject, 0U);
  EXPECT_EQ(table.rows[1].protocol, "NFSv41");
  EXPECT_EQ(table.rows[2].subject, 1U);
}

TEST(IoTable, SumsRowsWithEqualLabels) {
  IoTableBuilder builder;
  builder.add(0, "NFSv3", all, {10, 20, 30, 40, 50, 60});
  builder.add(0, "NFSv3", {100, 200, 300, 400, 500, 600}, all);
  builder.add(0, "NFSv40", all, all);
  IoDetectors detectors;
  const auto table = std::move(builder).finish(detectors);
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[0].read, (BasicIO{101, 202, 303, 404, 505, 606}));
  EXPECT_EQ(table.rows[0].write, (BasicIO{11, 22, 33, 44, 55, 66}));
  EXPECT_EQ(table.rows[1].read, all);
}

TEST(IoTable, ShowsAllThatIsMeasured) {
  const auto table = table_of(all, all);
  EXPECT_TRUE(table.read.requested && table.read.latency && table.read.queue_wait);
  EXPECT_TRUE(table.write.requested && table.write.latency && table.write.queue_wait);
}

TEST(IoTable, HidesSumsThatStayAtZeroAlthoughOperationsAreCounted) {
  const auto table = table_of(unmeasured, all);
  EXPECT_FALSE(table.read.requested || table.read.latency || table.read.queue_wait);
  EXPECT_TRUE(table.write.requested && table.write.latency && table.write.queue_wait);
}

TEST(IoTable, JudgesEachSumForItself) {
  EXPECT_TRUE(table_of({1, 2, 3, 0, 0, 0}, nothing).read.requested);
  EXPECT_FALSE(table_of({1, 2, 3, 0, 0, 0}, nothing).read.latency);
  EXPECT_TRUE(table_of({0, 2, 3, 0, 5, 0}, nothing).read.latency);
  EXPECT_TRUE(table_of(nothing, {0, 2, 3, 0, 0, 6}).write.queue_wait);
  EXPECT_FALSE(table_of(nothing, {0, 2, 3, 0, 0, 6}).write.latency);
}

TEST(IoTable, ShowsAllWhileNothingIsCounted) {
  const auto idle = table_of(nothing, nothing);
  EXPECT_TRUE(idle.read.requested && idle.read.latency && idle.read.queue_wait);
  IoDetectors detectors;
  EXPECT_TRUE(IoTableBuilder().finish(detectors).write.latency);
}

TEST(IoTable, StillHidesAfterAResetWhatWasNotMeasuredBefore) {
  IoDetectors detectors;
  IoTableBuilder before, after_reset;
  before.add(0, "NFSv3", unmeasured, nothing);
  std::move(before).finish(detectors);
  after_reset.add(0, "NFSv3", nothing, nothing);
  const auto table = std::move(after_reset).finish(detectors);
  EXPECT_FALSE(table.read.latency);
  EXPECT_TRUE(table.write.latency);
}

TEST(IoTable, LooksAtEveryRowBeforeItJudges) {
  IoTableBuilder builder;
  builder.add(0, "NFSv3", unmeasured, nothing);
  builder.add(1, "NFSv3", all, nothing);
  IoDetectors detectors;
  EXPECT_TRUE(std::move(builder).finish(detectors).read.latency);
}

TEST(IoTable, GoesOnShowingASumThatWasOnceMeasured) {
  IoDetectors detectors;
  IoTableBuilder first, second;
  first.add(0, "NFSv3", all, unmeasured);
  std::move(first).finish(detectors);
  second.add(0, "NFSv3", unmeasured, unmeasured);
  const auto table = std::move(second).finish(detectors);
  EXPECT_TRUE(table.read.requested && table.read.latency && table.read.queue_wait);
  EXPECT_FALSE(table.write.requested || table.write.latency || table.write.queue_wait);
}

TEST(IoTable, ShowsASumAsSoonAsItIsMeasured) {
  IoDetectors detectors;
  IoTableBuilder first, second;
  first.add(0, "NFSv3", unmeasured, nothing);
  EXPECT_FALSE(std::move(first).finish(detectors).read.latency);
  second.add(0, "NFSv3", all, nothing);
  EXPECT_TRUE(std::move(second).finish(detectors).read.latency);
}

}  // namespace
