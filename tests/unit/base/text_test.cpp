#include "exporter/base/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exporter/base/url.hpp"
#include "exporter/base/utc.hpp"

namespace {
using namespace ganesha::exporter;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(Text, IsTrimmed) {
  EXPECT_EQ(trim(" \ta b\t "), "a b");
  EXPECT_EQ(trim(" \t"), "");
  EXPECT_EQ(trim(""), "");
}

TEST(Text, IsSplitAtEachSeparator) {
  EXPECT_THAT(split("a,,b", ','), ElementsAre("a", "", "b"));
  EXPECT_THAT(split("a,", ','), ElementsAre("a", ""));
  EXPECT_THAT(split("", ','), ElementsAre(""));
}

TEST(Text, IsJoined) {
  EXPECT_EQ(joined({"a", "b", "c"}, ", "), "a, b, c");
  EXPECT_EQ(joined({"", ""}, "-"), "-");
  EXPECT_EQ(joined({}, ", "), "");
}

TEST(Text, IsLoweredAndFoundInAsciiAlone) {
  EXPECT_EQ(to_lower("AZaz09Ö"), "azaz09Ö");
  EXPECT_TRUE(contains_ignoring_case("/Exports/HOME", "ports/home"));
  EXPECT_TRUE(contains_ignoring_case("x", ""));
  EXPECT_FALSE(contains_ignoring_case("home", "homes"));
}

TEST(Text, IsEscapedForMarkup) {
  EXPECT_EQ(escape_markup("<a b=\"c\">'&'"), "&lt;a b=&quot;c&quot;&gt;&#39;&amp;&#39;");
  EXPECT_EQ(escape_markup("\x01\x7f\n\té"), "\uFFFD\uFFFD\n\té");
}

TEST(Text, ShowsWhatIsNotSeenOrTurnsTheDirection) {
  EXPECT_EQ(visible("/a b/ümläut/日本/שלום/\\"), "/a b/ümläut/日本/שלום/\\");
  EXPECT_EQ(visible("/srv/\u202etxt.exe\u2066\u200b\u00ad\ufeff"),
            "/srv/\\u202etxt.exe\\u2066\\u200b\\u00ad\\ufeff");
  EXPECT_EQ(visible("\x1b[31m\n\x7f\u0085\u009b"), "\\u001b[31m\\u000a\\u007f\\u0085\\u009b");
  EXPECT_EQ(visible("\U000e0041"), "\\U000e0041");
  EXPECT_EQ(visible("a\xff\xe2\x80z\xe2"), "a\uFFFD\uFFFD\uFFFDz\uFFFD") << "not UTF-8";
  EXPECT_EQ(escape_for_display("<\u202e>"), "&lt;\\u202e&gt;");
}

TEST(AUrl, IsDecoded) {
  EXPECT_EQ(percent_decoded("/%6Detrics+%zz%4"), "/metrics+%zz%4");
  EXPECT_EQ(percent_encoded("a b&ö~"), "a%20b%26%C3%B6~");
}

TEST(AUrl, HasParametersAsPeopleTypeThem) {
  EXPECT_THAT(
      parameters_of("collect[]=a+b&ö=%2B&x&&=1"),
      ElementsAre(Pair("collect[]", "a b"), Pair("ö", "+"), Pair("x", ""), Pair("", ""), Pair("", "1")));
  EXPECT_THAT(values_of("a=1&b=2&a=3", "a"), ElementsAre("1", "3"));
  EXPECT_THAT(parameters_of(""), IsEmpty());
}

TEST(UtcText, IsOfAnyForm) {
  EXPECT_EQ(utc_text(1795423004, "%Y-%m-%d %H:%M:%S UTC"), "2026-11-23 08:36:44 UTC");
  EXPECT_EQ(utc_text(0, "%a, %d %b %Y %H:%M:%S GMT"), "Thu, 01 Jan 1970 00:00:00 GMT");
}

}  // namespace
