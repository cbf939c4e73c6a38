#include "exporter/model/unique_rows.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

namespace {

using namespace ganesha::exporter;
using testing::ElementsAre;
using testing::IsEmpty;

struct Row {
  std::string name;
  int count = 0;

  auto key() const { return std::tie(name); }
  void operator+=(const Row& other) { count += other.count; }
  template <class Use>
  void each_name(Use use) {
    use(name);
  }
  bool operator==(const Row&) const = default;
};

using Rows = UniqueRows<Row>;

TEST(UniqueRowsOfASnapshot, AreSortedByTheirLabels) {
  EXPECT_THAT(Rows({{"b", 2}, {"a", 1}}), ElementsAre(Row{"a", 1}, Row{"b", 2}));
  EXPECT_THAT(Rows{}, IsEmpty());
}

TEST(UniqueRowsOfASnapshot, AreMergedWhereTheirLabelsAreEqual) {
  EXPECT_THAT(Rows({{"b", 2}, {"a", 1}, {"b", 5}, {"b", 10}}), ElementsAre(Row{"a", 1}, Row{"b", 17}));
}

TEST(UniqueRowsOfASnapshot, AreMergedWithThoseAddedBefore) {
  Rows rows({{"a", 1}, {"c", 3}});
  rows.add({{"b", 2}, {"c", 30}, {"a", 10}});
  EXPECT_THAT(rows, ElementsAre(Row{"a", 11}, Row{"b", 2}, Row{"c", 33}));
  rows.add({{"d", 4}, {"d", 40}});
  EXPECT_THAT(rows, ElementsAre(Row{"a", 11}, Row{"b", 2}, Row{"c", 33}, Row{"d", 44}));
  rows.add({{"d", 400}});
  EXPECT_EQ(rows[3], (Row{"d", 444}));
  rows.add(std::vector<Row>{});
  rows.merge(Rows({{"a", 100}}));
  EXPECT_EQ(rows[0], (Row{"a", 111}));
}

TEST(UniqueRowsOfASnapshot, HaveShortNames) {
  const std::string beginning(longest_label, 'a');
  const Rows rows({{beginning + "b", 1}, {beginning + "c", 2}, {beginning + "b", 4}, {"a", 8}});
  ASSERT_EQ(rows.size(), 3U);
  for (const auto& row : rows) EXPECT_LE(row.name.size(), longest_label);
  EXPECT_EQ(rows.name_bytes(), 3 * longest_label + 1);
}

TEST(UniqueRowsOfASnapshot, LetTheirValuesBeChanged) {
  Rows rows({{"a", 1}, {"b", 2}});
  rows.each_value([](Row& row) { row.count *= 2; });
  EXPECT_THAT(rows, ElementsAre(Row{"a", 2}, Row{"b", 4}));
}

}  // namespace
