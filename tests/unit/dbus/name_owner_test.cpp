#include "dbus/name_owner.hpp"

#include <gtest/gtest.h>

namespace {

using ganesha::dbus::NameOwner;

struct ANameOwner : testing::Test {
  NameOwner owner;

  ANameOwner() {
    owner.note_bus("first bus");
    owner.change_to(":1.5");
  }
};

TEST(NobodyAtFirst, OwnsTheName) {
  const NameOwner owner;
  EXPECT_EQ(owner.name(), "");
  EXPECT_FALSE(owner.known());
  EXPECT_EQ(owner.generation(), 0U);
}

TEST_F(ANameOwner, IsNoChangeOfOwnersWhenItIsTheFirst) {
  EXPECT_EQ(owner.name(), ":1.5");
  EXPECT_EQ(owner.generation(), 1U);
  EXPECT_EQ(owner.changes(), 0U);
}

TEST_F(ANameOwner, IsReportedOnce) {
  EXPECT_FALSE(owner.change_to(":1.5"));
  EXPECT_EQ(owner.generation(), 1U);
}

TEST_F(ANameOwner, CountsALossAsAGenerationButNotAsAChange) {
  EXPECT_TRUE(owner.change_to(""));
  EXPECT_EQ(owner.generation(), 2U);
  EXPECT_EQ(owner.changes(), 0U);
}

TEST_F(ANameOwner, CountsAnotherProcessAsAChange) {
  owner.change_to("");
  owner.change_to(":1.6");
  EXPECT_EQ(owner.changes(), 1U);
  owner.change_to(":1.7");
  EXPECT_EQ(owner.changes(), 2U) << "without a loss between them";
}

TEST_F(ANameOwner, IsTheSameAfterTheConnectionWasLost) {
  owner.note_unknown();
  owner.change_to("");
  owner.note_bus("first bus");
  owner.change_to(":1.5");
  EXPECT_EQ(owner.changes(), 0U);
  EXPECT_EQ(owner.generation(), 3U);
}

TEST_F(ANameOwner, IsAnotherProcessOnAnotherBus) {
  owner.change_to("");
  owner.note_bus("second bus");
  owner.change_to(":1.5");
  EXPECT_EQ(owner.changes(), 1U);
}

TEST_F(ANameOwner, IsKnownFromTheBussReplyToTheLossOfTheConnection) {
  EXPECT_FALSE(owner.known());
  owner.note_known();
  EXPECT_TRUE(owner.known());
  owner.note_unknown();
  EXPECT_FALSE(owner.known());
}

TEST_F(ANameOwner, CountsItsOwnHeartbeatsOnly) {
  EXPECT_TRUE(owner.note_heartbeat(":1.5"));
  EXPECT_FALSE(owner.note_heartbeat(":1.99"));
  EXPECT_EQ(owner.heartbeats(), 1U);
  owner.change_to("");
  EXPECT_FALSE(owner.note_heartbeat(":1.5"));
  EXPECT_EQ(owner.heartbeats(), 1U);
}

}  // namespace
