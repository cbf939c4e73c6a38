#include "exporter/top/text.hpp"

#include <gtest/gtest.h>

#include <clocale>

#include "exporter/top/spark.hpp"
#include "exporter/top/units.hpp"

namespace {

using namespace ganesha::exporter::top;

class TerminalText : public testing::Test {
 protected:
  TerminalText() { EXPECT_TRUE(std::setlocale(LC_CTYPE, "C.UTF-8")); }
};

std::wstring left(std::wstring_view text, std::size_t columns, Cut cut) {
  return pad_or_truncate(text, columns, Align::left, cut, Charset::utf8);
}

TEST_F(TerminalText, HoldsNothingThatATerminalWouldObey) {
  EXPECT_EQ(sanitize("a\x1b[31m\r\n\t\x7f z", Charset::utf8), L"a?[31m???? z");
  EXPECT_EQ(sanitize("\u0085\u009b31m", Charset::utf8), L"??31m") << "C1 controls";
  EXPECT_EQ(sanitize("a\u202e\u2066\u200bz", Charset::utf8), L"a???z") << "directions, and what is not seen";
  EXPECT_EQ(sanitize(std::string_view("a\0z", 3), Charset::utf8), L"a?z");
  EXPECT_EQ(sanitize("日é", Charset::utf8), L"日é");
  EXPECT_EQ(sanitize("\u0301a\u0301", Charset::utf8), L"?a\u0301")
      << "it would combine with what stands before";
  EXPECT_EQ(sanitize("日é~", Charset::ascii), L"??~");
  EXPECT_EQ(sanitize("85 µs", Charset::ascii), L"85 us");
}

TEST_F(TerminalText, IsAsWideAsItIsShown) {
  EXPECT_EQ(width(L"abc"), 3U);
  EXPECT_EQ(width(L"日本"), 4U);
  EXPECT_EQ(width(L"e\u0301"), 1U);
}

TEST_F(TerminalText, IsPaddedOrCutToItsColumn) {
  EXPECT_EQ(left(L"ab", 4, Cut::end), L"ab  ");
  EXPECT_EQ(pad_or_truncate(L"ab", 4, Align::right, Cut::end, Charset::utf8), L"  ab");
  EXPECT_EQ(left(L"abcdef", 4, Cut::end), L"abc…");
  EXPECT_EQ(left(L"abcdef", 4, Cut::begin), L"…def");
  EXPECT_EQ(pad_or_truncate(L"abcdef", 4, Align::left, Cut::begin, Charset::ascii), L"~def");
  EXPECT_EQ(left(L"abc", 0, Cut::end), L"");
  EXPECT_EQ(left(L"abc", 1, Cut::begin), L"…");
}

TEST_F(TerminalText, NeverCutsAWideCharacterInHalfNorAMarkFromItsLetter) {
  EXPECT_EQ(left(L"日本語", 4, Cut::end), L"日… ");
  EXPECT_EQ(left(L"日本語", 4, Cut::begin), L"…語 ");
  EXPECT_EQ(left(L"abe\u0301cd", 4, Cut::end), L"abe\u0301…");
  EXPECT_EQ(left(L"abe\u0301cd", 3, Cut::begin), L"…cd");
}

TEST_F(TerminalText, ShowsADashForUnknownValues) {
  for (const auto& text : {bytes({}), rate({}), latency({}), ago({}, 100)}) EXPECT_EQ(text, "-");
  EXPECT_EQ(bytes(12'340), "12.3 kB");
  EXPECT_EQ(rate(1.25e7), "12.5M");
  EXPECT_EQ(latency(0.000085), "85 µs");
  EXPECT_EQ(ago(40, 100), "1 min");
  EXPECT_EQ(ago(101, 100), "0 s") << "clocks differ";
}

TEST_F(TerminalText, ShowsTheDateUnlessItIsToday) {
  setenv("TZ", "UTC", 1);
  constexpr double afternoon = 1764000010, day = 86400;
  EXPECT_EQ(moment(afternoon, afternoon + 3600), "16:00:10");
  EXPECT_EQ(moment(afternoon, afternoon + day), "2025-11-24 16:00:10");
}

TEST_F(TerminalText, DrawsAHistoryAsBars) {
  EXPECT_EQ(sparkline({0, 1, 50, 100}, 4, Charset::utf8), L"▁▂▅█");
  EXPECT_EQ(sparkline({0, 1, 50, 100}, 4, Charset::ascii), L"_.=#");
  EXPECT_EQ(sparkline({1, 100}, 4, Charset::utf8), L"  ▂█") << "the newest at the right";
  EXPECT_EQ(sparkline({1000, 1, 2}, 2, Charset::utf8), L"▅█") << "as many as fit";
  EXPECT_EQ(sparkline({0, {}, 0}, 3, Charset::utf8), L"▁ ▁");
  EXPECT_EQ(sparkline({}, 2, Charset::utf8), L"  ");
}

}  // namespace
