#include "exporter/supervisor/missing_exports_log.hpp"

#include <gmock/gmock.h>

#include <sstream>

#include "exporter/base/listed.hpp"

namespace {

using namespace ganesha::exporter;
using testing::HasSubstr;
using testing::IsEmpty;
using Names = std::vector<std::string>;

struct TheLogOfMissingExports : testing::Test {
  std::ostringstream out;
  Log log{LogLevel::info, LogFormat::logfmt, out};
  MissingExportsLog missing{log};

  // What is logged after these polls have found the same.
  std::string after(int polls, const std::optional<Names>& names) {
    out.str("");
    for (int i = 0; i < polls; ++i) missing.take(names);
    return out.str();
  }
};

TEST_F(TheLogOfMissingExports, NamesThemOnceTwoPollsAgree) {
  EXPECT_THAT(after(1, Names{"78 (/lost)"}), IsEmpty());
  EXPECT_THAT(after(1, Names{"78 (/lost)"}),
              AllOf(HasSubstr("level=warn"), HasSubstr("count=1"), HasSubstr("78 (/lost)")));
  EXPECT_THAT(after(5, Names{"78 (/lost)"}), IsEmpty());
}

TEST_F(TheLogOfMissingExports, NamesThemAgainWhenTheyChange) {
  after(2, Names{"1"});
  EXPECT_THAT(after(2, Names{"1", "2"}), HasSubstr("exports=\"1, 2\""));
}

TEST_F(TheLogOfMissingExports, ReportsThatAllAreServedAgain) {
  after(2, Names{"1"});
  EXPECT_THAT(after(2, Names{}), AllOf(HasSubstr("level=info"), HasSubstr("are served")));
}

TEST_F(TheLogOfMissingExports, HasNothingToReportWhereAllAreServed) {
  EXPECT_THAT(after(3, Names{}), IsEmpty());
}

TEST_F(TheLogOfMissingExports, HasNothingToReportWhereTheyAreNotKnown) {
  EXPECT_THAT(after(3, std::nullopt), IsEmpty());
  after(2, Names{"1"});
  after(1, std::nullopt);
  EXPECT_THAT(after(2, Names{"1"}), IsEmpty()) << "nothing new";
}

TEST(AList, NamesTheFirstTen) {
  EXPECT_EQ(listed({}), "");
  EXPECT_EQ(listed({"a"}), "a");
  EXPECT_EQ(listed({"a", "b"}), "a, b");
  EXPECT_EQ(listed(Names(12, "x")), "x, x, x, x, x, x, x, x, x, x and 2 more");
}

}  // namespace
