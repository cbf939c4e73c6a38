#include "exporter/collect/monotonic_sums.hpp"

#include <gtest/gtest.h>

namespace ganesha::exporter {
namespace {

struct AMonotonicSum : testing::Test {
  MonotonicSums sums;
};

TEST_F(AMonotonicSum, IsWhatGaneshaReports) {
  EXPECT_EQ(sums.keep("a", 3, 99), 99U);
  EXPECT_EQ(sums.keep("a", 4, 120), 120U);
}

TEST_F(AMonotonicSum, StaysWhereATruncatedAverageMakesItFall) {
  sums.keep("a", 33, 99);
  EXPECT_EQ(sums.keep("a", 40, 80), 99U);
  EXPECT_EQ(sums.keep("a", 41, 123), 123U);
}

TEST_F(AMonotonicSum, ResetsWithTheCounters) {
  sums.keep("a", 33, 99);
  EXPECT_EQ(sums.keep("a", 2, 10), 10U);
  EXPECT_EQ(sums.keep("a", 3, 11), 11U);
}

TEST_F(AMonotonicSum, IsSeparateFromOthers) {
  sums.keep("a", 33, 99);
  EXPECT_EQ(sums.keep("b", 33, 5), 5U);
}

TEST_F(AMonotonicSum, IsForgottenSomePollsAfterItsNameIsGone) {
  sums.keep("a", 33, 99);
  for (int polls = 0; polls < 3; ++polls) sums.begin_round();
  EXPECT_EQ(sums.keep("a", 40, 80), 99U) << "still known";
  for (int polls = 0; polls < 5; ++polls) sums.begin_round();
  EXPECT_EQ(sums.keep("a", 41, 70), 70U);
}

}  // namespace
}  // namespace ganesha::exporter
