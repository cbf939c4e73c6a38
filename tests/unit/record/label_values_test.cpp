// The labels of a page of metrics, right and broken ones.
#include "exporter/record/label_values.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace {

using namespace ganesha::exporter;

TEST(TheLabelsOfAPage, AreReplacedAndNothingElse) {
  const auto page =
      replace_label_values("# TYPE a counter\na{x=\"1\",path=\"/b c\"} 1\nd 2\n",
                           [](const std::string& value) { return value == "1" ? "one" : "/e"; });
  EXPECT_EQ(page, "# TYPE a counter\na{x=\"one\",path=\"/e\"} 1\nd 2\n");
}

TEST(TheLabelsOfAPage, AreReadAndWrittenWithTheirEscapes) {
  std::vector<std::string> seen;
  const std::string page = R"(a{x="q\"b\\n\n",y=""} 1)";
  EXPECT_EQ(replace_label_values(page,
                                 [&](const std::string& value) {
                                   seen.push_back(value);
                                   return value;
                                 }),
            page);
  EXPECT_EQ(seen, (std::vector<std::string>{"q\"b\\n\n", ""}));
}

TEST(TheLabelsOfAPage, EndWithTheirLineWhereTheQuoteIsMissing) {
  const auto hidden = [](const std::string&) { return "-"; };
  EXPECT_EQ(replace_label_values("a{x=\"/secret} 1\nb{y=\"/secret\"} 2\n", hidden),
            "a{x=\"-\nb{y=\"-\"} 2\n");
  EXPECT_EQ(replace_label_values("a{x=\"/secret\\", hidden), "a{x=\"-");
}

}  // namespace
