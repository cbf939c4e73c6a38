#include "exporter/http/fair_queue.hpp"

#include <gtest/gtest.h>

namespace {
using ganesha::exporter::FairQueue;

// All that is left, in the order of service.
std::string rest(FairQueue<std::string>& queue) {
  std::string all;
  while (const auto item = queue.pop()) all += (all.empty() ? "" : " ") + *item;
  return all;
}

TEST(AFairQueue, ServesOneClientInOrder) {
  FairQueue<std::string> queue(4);
  for (const auto item : {"a1", "a2", "a3"}) EXPECT_FALSE(queue.push("a", item));
  EXPECT_EQ(rest(queue), "a1 a2 a3");
  EXPECT_FALSE(queue.pop());
}

TEST(AFairQueue, ServesClientsInTurn) {
  FairQueue<std::string> queue(8);
  for (const auto item : {"a1", "a2", "a3"}) queue.push("a", item);
  for (const auto item : {"b1", "b2"}) queue.push("b", item);
  EXPECT_EQ(rest(queue), "a1 b1 a2 b2 a3");
}

TEST(AFairQueue, RefusesTheNewItemOfTheOnlyClient) {
  FairQueue<std::string> queue(2);
  queue.push("a", "a1");
  queue.push("a", "a2");
  EXPECT_EQ(queue.push("a", "a3"), "a3");
  EXPECT_EQ(queue.size(), 2u);
}

TEST(AFairQueue, DropsTheLastItemOfTheClientWithMost) {
  FairQueue<std::string> queue(3);
  for (const auto item : {"a1", "a2", "a3"}) queue.push("a", item);
  EXPECT_EQ(queue.push("b", "b1"), "a3");
  EXPECT_EQ(queue.push("a", "a4"), "a4");
  EXPECT_EQ(rest(queue), "a1 b1 a2");
}

TEST(AFairQueue, RefusesANewClientWhereAllHaveOneItem) {
  FairQueue<std::string> queue(2);
  queue.push("a", "a1");
  queue.push("b", "b1");
  EXPECT_EQ(queue.push("c", "c1"), "c1");
}

TEST(AFairQueue, LetsANewClientWaitForOneItemOnlyHoweverManyWereServedBefore) {
  FairQueue<std::string> queue(16);
  for (int i = 0; i < 1'000; ++i) {
    queue.push("a", "a");
    if (i > 8) queue.pop();
  }
  queue.push("b", "b");
  queue.pop();
  EXPECT_EQ(queue.pop(), "b");
}

}  // namespace
