#include "exporter/supervisor/restart_backoff.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using ganesha::exporter::RestartBackoff;

TEST(ARestartBackoff, DoublesFromOneSecondToOneMinute) {
  RestartBackoff backoff;
  for (const auto wait : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) EXPECT_EQ(backoff.next(0s), wait);
}

TEST(ARestartBackoff, StartsAgainAfterAServerThatServedForMoreThanAMinute) {
  RestartBackoff backoff;
  backoff.next(0s);
  backoff.next(0s);
  EXPECT_EQ(backoff.next(60s), 4s) << "a minute is not enough";
  EXPECT_EQ(backoff.next(60'001ms), 1s);
  EXPECT_EQ(backoff.next(0s), 2s);
}

}  // namespace
