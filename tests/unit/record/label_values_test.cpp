// The labels of a page of metrics, right and broken ones.
#include "exporter/record/label_values.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace {

using namespace ganesha::exporter;

std::string hide(std::string_view label, const std::string& value) {
  return label == "le" ? value : '-' + std::string(label) + '-';
}

TEST(TheLabelsOfAPage, AreReplacedAndNothingElse) {
  EXPECT_EQ(replace_label_values("# HELP a \"b\"\na{le=\"1\",path=\"/b c\"} 1\nd 2\n", hide),
            "# HELP a \"b\"\na{le=\"1\",path=\"-path-\"} 1\nd 2\n");
}

TEST(TheLabelsOfAPage, AreReadAndWrittenWithTheirEscapes) {
  std::vector<std::pair<std::string, std::string>> seen;
  const std::string page = R"(a{x="q\"b\\n\n",y=""} 1)";
  EXPECT_EQ(replace_label_values(page,
                                 [&](std::string_view label, const std::string& value) {
                                   seen.emplace_back(label, value);
                                   return value;
                                 }),
            page);
  EXPECT_EQ(seen, (std::vector<std::pair<std::string, std::string>>{{"x", "q\"b\\n\n"}, {"y", ""}}));
}

TEST(TheLabelsOfAPage, MayHaveBlanksAroundThem) {
  EXPECT_EQ(replace_label_values("a{ x = \"/secret\" , le=\"1\" } 1\n", hide),
            "a{ x = \"-x-\" , le=\"1\" } 1\n");
}

TEST(TheLabelsOfAPage, EndWithTheirLineWhereTheQuoteIsMissing) {
  EXPECT_EQ(replace_label_values("a{x=\"/secret} 1\nb{y=\"/secret\"} 2\n", hide),
            "a{x=\"-x-\nb{y=\"-y-\"} 2\n");
  EXPECT_EQ(replace_label_values("a{x=\"/secret\\\nb{y=\"/secret\"} 2\n", hide),
            "a{x=\"-x-\nb{y=\"-y-\"} 2\n");
  EXPECT_EQ(replace_label_values("a{x=\"/secret\\", hide), "a{x=\"-x-");
}

}  // namespace
