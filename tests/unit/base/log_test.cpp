#include "exporter/base/log.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

namespace {
using namespace ganesha::exporter;
using namespace std::chrono_literals;

const auto when = std::chrono::system_clock::time_point(1795381200s + 7ms);

std::string logfmt(std::string_view message, std::initializer_list<LogField> fields = {}) {
  const std::string line =
      format_line(LogFormat::logfmt, when, LogLevel::info, message, {fields.begin(), fields.size()});
  const std::string head = "ts=2026-11-22T21:00:00.007Z level=info msg=";
  EXPECT_EQ(line.substr(0, head.size()), head);
  return line.substr(head.size());
}

TEST(Log, WritesLogfmtAsGoDoes) {
  EXPECT_EQ(logfmt("started"), "started");
  EXPECT_EQ(logfmt("poll failed", {{"error", "timed out"}, {"calls", "12"}}),
            R"("poll failed" error="timed out" calls=12)");
  EXPECT_EQ(logfmt("x", {{"a", "k=v"}, {"b", "say \"hi\""}, {"c", R"(C:\x)"}, {"d", ""}}),
            R"(x a="k=v" b="say \"hi\"" c=C:\x d="")");
  EXPECT_EQ(logfmt("x", {{"path", "/größe/日本/😀"}}), "x path=/größe/日本/😀");
}

TEST(Log, KeepsAnEventOnOneLineWhateverItHolds) {
  EXPECT_EQ(logfmt("a\nb", {{"k", "c\r\td\x01\x7f"}}), R"("a\nb" k="c\r\td\u0001\u007f")");
  EXPECT_EQ(logfmt("x", {{"k", "\u0085\u2028\u2029"}}), R"(x k="\u0085\u2028\u2029")");
  EXPECT_EQ(logfmt("x", {{"k", std::string("a\0b", 3)}}), R"(x k="a\u0000b")");
}

TEST(Log, MarksBytesThatAreNotUtf8) {
  for (const auto* bytes : {"\xff", "\xc3", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80"}) {
    const std::string text = quote(bytes);
    EXPECT_EQ(text.substr(0, 7), R"("\ufffd)") << text;
    EXPECT_EQ(text.find_first_not_of("\\ufd\""), text.npos) << text;
  }
  EXPECT_EQ(quote("a\xff"
                  "b"),
            R"("a\ufffdb")");
}

TEST(Log, WritesJsonThatOthersRead) {
  const std::string value = "a\"b\\c\nd\xff é \u2028";
  const std::initializer_list<LogField> fields{{"key", value}};
  const std::string line =
      format_line(LogFormat::json, when, LogLevel::error, "it \"broke\"", {fields.begin(), 1});
  EXPECT_EQ(line.find('\n'), line.npos);
  const auto object = nlohmann::json::parse(line);
  EXPECT_EQ(object["ts"], "2026-11-22T21:00:00.007Z");
  EXPECT_EQ(object["level"], "error");
  EXPECT_EQ(object["msg"], "it \"broke\"");
  EXPECT_EQ(object["key"], "a\"b\\c\nd\uFFFD é \u2028");
}

TEST(Log, LeavesOutWhatIsBelowItsLevel) {
  std::ostringstream out;
  Log log(LogLevel::warn, LogFormat::logfmt, out);
  log.debug("one");
  log.info("two");
  EXPECT_EQ(out.str(), "");
  log.warn("three");
  log.error("four", {{"n", "4"}});
  const std::string text = out.str();
  EXPECT_NE(text.find("level=warn msg=three\n"), text.npos);
  EXPECT_NE(text.find("level=error msg=four n=4\n"), text.npos);
}

TEST(Log, TakesBracesLiterally) {
  std::ostringstream out;
  Log log(LogLevel::debug, LogFormat::logfmt, out);
  log.debug("{} %v {0}");
  EXPECT_NE(out.str().find("msg=\"{} %v {0}\"\n"), std::string::npos);
}

TEST(Log, CutsTheValuesOfALongLine) {
  const std::string text(100'000, 'x'), controls(20'000, '\x01');
  for (const auto format : {LogFormat::logfmt, LogFormat::json})
    for (const std::string& value : {text, controls}) {
      const std::vector<LogField> fields{{"short", "kept"}, {"long", value}};
      const auto line = format_line(format, when, LogLevel::info, value, fields);
      EXPECT_LE(line.size(), longest_log_line);
      EXPECT_GE(line.size(), longest_log_line / 8);
      EXPECT_NE(line.find("kept"), line.npos);
      EXPECT_NE(line.find("..."), line.npos);
      if (format == LogFormat::json) {
        EXPECT_TRUE(nlohmann::json::parse(line)["long"].is_string());
      }
    }
}

TEST(Log, KeepsALineThatIsJustShortEnough) {
  const std::string value(longest_log_line - 1'000, 'x');
  EXPECT_EQ(logfmt("y", {{"k", value}}), "y k=" + value);
}

}  // namespace
