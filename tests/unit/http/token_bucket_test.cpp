#include "exporter/http/token_bucket.hpp"

#include <gtest/gtest.h>

namespace {
using namespace ganesha::exporter;
using namespace std::chrono_literals;

constexpr TokenBucket::TimePoint start{1h};

int taken(TokenBucket& bucket, TokenBucket::TimePoint now) {
  int count = 0;
  while (count < 1'000 && bucket.take(now)) ++count;
  return count;
}

TEST(ATokenBucket, AllowsABurstThenOneRequestAnInterval) {
  TokenBucket bucket({100ms, 3}, start);
  EXPECT_EQ(taken(bucket, start), 3);
  EXPECT_EQ(taken(bucket, start + 99ms), 0);
  EXPECT_EQ(taken(bucket, start + 100ms), 1);
  EXPECT_EQ(taken(bucket, start + 350ms), 2);
  EXPECT_EQ(taken(bucket, start + 400ms), 1);
}

TEST(ATokenBucket, HoldsNoMoreThanTheBurst) {
  TokenBucket bucket({1ms, 5}, start);
  EXPECT_EQ(taken(bucket, start + 24h), 5);
}

TEST(ATokenBucket, OfBurst0AllowsNothing) {
  TokenBucket bucket({1ms, 0}, start);
  EXPECT_EQ(taken(bucket, start + 24h), 0);
}

TEST(ATokenBucket, HoldsWithTheLargestNumbers) {
  TokenBucket bucket({std::chrono::hours(24 * 365), 4'000'000'000u}, start);
  EXPECT_TRUE(bucket.take(start));
  EXPECT_TRUE(bucket.take(start + std::chrono::hours(24 * 365 * 50)));
}

}  // namespace
