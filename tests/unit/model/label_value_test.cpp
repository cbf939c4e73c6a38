#include "exporter/model/label_value.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace ganesha::exporter;
using testing::EndsWith;
using testing::MatchesRegex;
using testing::StartsWith;

const std::string of_limit(longest_label, 'a');

TEST(ALabelValue, IsTheNameItselfUpToTheLimit) {
  EXPECT_EQ(label_value(""), "");
  EXPECT_EQ(label_value("10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(label_value(of_limit), of_limit);
}

TEST(ALabelValue, EndsInAHashOfTheWholeNameBeyondTheLimit) {
  const auto value = label_value(of_limit + "b");
  EXPECT_EQ(value.size(), longest_label);
  EXPECT_THAT(value.substr(longest_label - 17), MatchesRegex("~[0-9a-f]{16}"));
  EXPECT_THAT(value, StartsWith(std::string(longest_label - 17, 'a')));
  EXPECT_NE(value, label_value(of_limit + "c"));
}

TEST(ALabelValue, IsTheSameInEveryBuild) {
  EXPECT_THAT(label_value(of_limit + "b"), EndsWith("~6d4cff3a1e8ae1a5"));
}

TEST(ALabelValue, IsNotCutWithinACharacter) {
  for (const std::string character : {"\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"})
    for (std::size_t before = 0; before < 4; ++before) {
      std::string name(before, 'a');
      while (name.size() <= longest_label) name += character;
      const auto value = label_value(name);
      const auto kept = value.substr(before, value.find('~') - before);
      EXPECT_EQ(kept.size() % character.size(), 0U) << character << before;
      EXPECT_GT(value.size(), longest_label - 4);
      EXPECT_LE(value.size(), longest_label);
    }
}

TEST(ALabelValue, HasTheLimitAlsoWhereANameIsNotUtf8) {
  EXPECT_EQ(label_value(std::string(longest_label + 1, '\x80')).size(), longest_label);
}

TEST(ABudgetOfLabels, RefusesWhatIsNotLeft) {
  LabelBudget budget;
  EXPECT_TRUE(budget.take(32U << 20));
  EXPECT_TRUE(budget.take(0));
  EXPECT_FALSE(budget.take(1));
}

}  // namespace
