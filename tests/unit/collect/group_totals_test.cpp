#include "exporter/collect/group_totals.hpp"

#include <gtest/gtest.h>

#include "exporter/model/snapshot_rows.hpp"
#include "exporter/model/unique_rows.hpp"
#include "loop.hpp"

namespace {

using namespace ganesha::exporter;

struct ATotalOfAGroup : testing::Test {
  GroupTotals<OtherRow> totals;

  // One poll: each member's group, name and operations; the total of each subject.
  struct Member {
    std::string group, name;
    std::size_t subject;
    std::uint64_t operations;
  };
  std::vector<std::uint64_t> poll(const std::vector<Member>& members, const std::string& hidden = {}) {
    for (const auto& one : members) totals.add(one.group, one.name, {row(one.subject, one.operations)});
    return finish(hidden);
  }
  static OtherRow row(std::size_t subject, std::uint64_t operations) {
    return {subject, "NFSv3", operations, 0, std::nullopt};
  }
  std::vector<std::uint64_t> finish(const std::string& hidden = {}) {
    const auto is_listed = [&](const std::string& address) { return address == hidden; };
    const UniqueRows<OtherRow> rows(Loop().run(totals.finish(is_listed)));
    std::vector<std::uint64_t> out;
    for (const auto& row : rows) out.push_back(row.operations);
    return out;
  }
};

using Totals = std::vector<std::uint64_t>;

TEST_F(ATotalOfAGroup, AddsUpItsMembers) {
  EXPECT_EQ(poll({{"g", "a", 0, 5}, {"g", "b", 0, 7}, {"h", "c", 1, 1}}), (Totals{12, 1}));
  EXPECT_EQ(poll({{"g", "a", 0, 6}, {"g", "b", 0, 7}, {"h", "c", 1, 1}}), (Totals{13, 1}));
}

TEST_F(ATotalOfAGroup, KeepsTheValuesOfAMemberThatGoes) {
  poll({{"g", "a", 0, 5}, {"g", "b", 0, 7}});
  EXPECT_EQ(poll({{"g", "a", 0, 6}}), (Totals{13}));
  EXPECT_EQ(poll({{"g", "a", 0, 6}}), (Totals{13})) << "once only";
}

TEST_F(ATotalOfAGroup, ContinuesWhenAMemberResets) {
  poll({{"g", "a", 0, 5}, {"g", "b", 0, 7}});
  EXPECT_EQ(poll({{"g", "a", 0, 6}, {"g", "b", 0, 2}}), (Totals{15}));
  EXPECT_EQ(poll({{"g", "a", 0, 6}, {"g", "b", 0, 3}}), (Totals{16}));
}

TEST_F(ATotalOfAGroup, AddsUpWhatAMemberRepeatsAndTakesItForNoReset) {
  for (int i = 0; i < 3; ++i) {
    totals.add("g", "a", {row(0, 5), row(0, 2)});
    EXPECT_EQ(finish(), (Totals{7}));
  }
}

TEST_F(ATotalOfAGroup, CountsAMemberThatComesBackFromItsValuesThen) {
  poll({{"g", "a", 0, 5}, {"g", "b", 0, 7}});
  poll({{"g", "a", 0, 5}});
  EXPECT_EQ(poll({{"g", "a", 0, 5}, {"g", "b", 0, 1}}), (Totals{13}));
}

TEST_F(ATotalOfAGroup, CountsAHiddenMemberOnceHoweverOftenItIsShownAgain) {
  poll({{"g", "a", 0, 5}, {"g", "b", 0, 7}});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(poll({{"g", "a", 0, 5}}, "b"), (Totals{12}));
    EXPECT_EQ(poll({{"g", "a", 0, 5}, {"g", "b", 0, 7}}), (Totals{12}));
  }
  EXPECT_EQ(poll({{"g", "a", 0, 5}}, "b"), (Totals{12}));
  EXPECT_EQ(poll({{"g", "a", 0, 5}}), (Totals{12})) << "and when it has gone";
}

TEST_F(ATotalOfAGroup, VanishesWithItsLastMemberAndComesBackNoSmaller) {
  poll({{"g", "a", 0, 5}, {"h", "c", 1, 1}});
  EXPECT_EQ(poll({{"h", "c", 0, 1}}), (Totals{1}));
  EXPECT_EQ(poll({{"g", "a", 1, 2}, {"h", "c", 0, 1}}), (Totals{1, 7})) << "under the subject of the day";
}

TEST_F(ATotalOfAGroup, BeginsAgainWhenItsMembersWereAwayForSomePolls) {
  poll({{"g", "a", 0, 5}});
  for (int i = 0; i < 3; ++i) poll({});
  EXPECT_TRUE(totals.has_group("g"));
  for (int i = 0; i < 3; ++i) poll({});
  EXPECT_FALSE(totals.has_group("g"));
  EXPECT_EQ(poll({{"g", "a", 0, 2}}), (Totals{2}));
}

TEST_F(ATotalOfAGroup, RemainsWhileAMemberIsListed) {
  poll({{"g", "a", 0, 5}, {"g", "b", 0, 7}});
  for (int i = 0; i < 10; ++i) poll({}, "b");
  EXPECT_TRUE(totals.has_group("g"));
  EXPECT_EQ(poll({{"g", "b", 0, 7}}), (Totals{12}));
}

}  // namespace
