#include "exporter/http/lru_set.hpp"

#include <gtest/gtest.h>

namespace {
using ganesha::exporter::LruSet;

TEST(AnLruSet, ForgetsWhatWasNotAskedForLongest) {
  LruSet<int> set(3);
  for (const int key : {1, 2, 3}) set.insert(key);
  EXPECT_TRUE(set.contains(1));
  set.insert(4);
  EXPECT_TRUE(set.contains(1));
  EXPECT_FALSE(set.contains(2));
  EXPECT_TRUE(set.contains(3));
  EXPECT_EQ(set.size(), 3u);
}

TEST(AnLruSet, HoldsAKeyOnce) {
  LruSet<int> set(2);
  for (const int key : {1, 2, 1, 3}) set.insert(key);
  EXPECT_TRUE(set.contains(1));
  EXPECT_FALSE(set.contains(2));
  EXPECT_EQ(set.size(), 2u);
}

TEST(AnLruSet, IsEmptyAfterClear) {
  LruSet<int> set(2);
  set.insert(1);
  set.clear();
  EXPECT_FALSE(set.contains(1));
  EXPECT_EQ(set.size(), 0u);
}

}  // namespace
