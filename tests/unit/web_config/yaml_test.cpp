#include "exporter/web_config/yaml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

namespace ganesha::exporter {
namespace {

using Kind = YamlNode::Kind;

constexpr std::size_t largest = 256 * 1024;

std::string repeated(const std::string& text) {
  std::string all;
  while (all.size() + text.size() <= largest) all += text;
  return all;
}

std::string yaml_error(const std::string& text) {
  try {
    parse_yaml(text);
    return "";
  } catch (const YamlError& error) {
    return std::to_string(error.line) + ": " + error.what();
  }
}

TEST(Yaml, ReadsMapsListsTextsAndNull) {
  const YamlNode map = parse_yaml("a: b\nc:\n  - \"d\"\n  - 'e'\nf:\n");
  ASSERT_EQ(map.kind, Kind::map);
  ASSERT_EQ(map.items.size(), 6U);
  EXPECT_EQ(map.items[1].text, "b");
  EXPECT_EQ(map.items[1].style, YamlNode::Style::plain);
  EXPECT_EQ(map.items[2].line, 2);
  ASSERT_EQ(map.items[3].items.size(), 2U);
  EXPECT_EQ(map.items[3].items[0].style, YamlNode::Style::quoted);
  EXPECT_EQ(map.items[3].items[1].line, 4);
  EXPECT_EQ(map.items[5].kind, Kind::null);
}

TEST(Yaml, IsNullWithoutADocument) {
  for (const auto* text : {"", "\n\n", "# a comment\n", "---\n", "---\n...\n", "~\n", "\xef\xbb\xbf"})
    EXPECT_EQ(parse_yaml(text).kind, Kind::null) << text;
}

TEST(Yaml, ReadsTheSameWithAByteOrderMarkAndWithLineEndsOfWindows) {
  for (const auto* text : {"\xef\xbb\xbf"
                           "a:\n  b: c\n",
                           "a:\r\n  b: c\r\n"}) {
    const YamlNode map = parse_yaml(text);
    ASSERT_EQ(map.items.size(), 2U) << text;
    EXPECT_EQ(map.items[0].text, "a");
    EXPECT_EQ(map.items[1].items[1].text, "c");
    EXPECT_EQ(map.items[1].items[1].line, 2);
  }
}

TEST(Yaml, RefusesWhatIsNotText) {
  EXPECT_EQ(yaml_error(std::string("a: b\nc: \0d\n", 11)), "2: control characters are not allowed");
  EXPECT_EQ(yaml_error("a: \x1b[1m\n"), "1: control characters are not allowed");
  for (const auto* bytes : {"\xff", "\xc3", "\xc0\x80", "\xed\xbf", "\xf5\x80\x80\x80", "\x80",
                            "\xe0\x9e\x93", "\xed\xa0\x80", "\xf0\x80\x80\x80"})
    EXPECT_EQ(yaml_error(std::string("a:\n  ") + bytes), "2: it is not UTF-8");
}

TEST(Yaml, RefusesAliasesAndASecondDocument) {
  EXPECT_EQ(yaml_error("a: &x b\nc: *x\n"), "2: aliases (*name) are not supported");
  EXPECT_EQ(yaml_error("&x [*x]\n"), "1: aliases (*name) are not supported");
  EXPECT_EQ(yaml_error("a: b\n---\nc: d\n"), "2: there is more than one document");
}

TEST(Yaml, NamesTheLineOfASyntaxError) {
  EXPECT_THAT(yaml_error("a: b\nc: d: e\n"), testing::StartsWith("2: it is not YAML: "));
  EXPECT_THAT(yaml_error("a: [\n"), testing::HasSubstr("it is not YAML: "));
  EXPECT_THAT(yaml_error("a:\n\tb: c\n"), testing::HasSubstr("it is not YAML: "));
}

TEST(Yaml, RefusesDeepNestingWithoutRecursingDeeply) {
  for (const auto* text : {"[", "{", "- ", "? ", "[a,", "{a: ", "[{a: "})
    EXPECT_NE(yaml_error(repeated(text)), "") << text;
  EXPECT_EQ(yaml_error(std::string(8, '[') + std::string(8, ']')), "");
  EXPECT_EQ(yaml_error(std::string(20, '[') + std::string(20, ']')), "1: it is nested too deeply");
}

// Of some the library never finds an end when it is asked for all documents.
TEST(Yaml, EndsOnEveryTextOfRepeatedCharacters) {
  const std::string characters = "[]{},:?-&*!|>'\"%@`#~ \n\ta1.<=\\";
  for (const char first : characters)
    for (const char second : characters)
      for (const char third : {'\n', ' ', 'a', first}) {
        std::string text;
        for (int i = 0; i < 100; ++i) text += {first, second, third};
        yaml_error(text);
      }
}

TEST(Yaml, ShowsTextOfTheLibraryOnOneLine) {
  EXPECT_EQ(yaml_error("%YAML \r\r\n").find('\r'), std::string::npos);
  EXPECT_NE(yaml_error("%YAML \r\r\n"), "");
}

TEST(Yaml, RefusesAnEscapeThatMakesNoUtf8) { EXPECT_NE(yaml_error("a: \"\\_\"\n"), ""); }

// A sanitizer keeps what is freed. Clang, which compiles for sanitizers only, does not define that there is
// one.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__clang__)
TEST(Yaml, TakesMemoryInProportionToTheText) {
  constexpr std::size_t bytes_of_memory_a_byte_of_text = 500;
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  for (const auto* text : {"[", "\"", "x,", "a: b\n", "&a x,", "---\n", "- a\n", ",", "!a ", "? a\n"})
    yaml_error(repeated(text));
  getrusage(RUSAGE_SELF, &after);
  const auto grown = static_cast<std::size_t>(after.ru_maxrss - before.ru_maxrss) * 1024;
  EXPECT_LT(grown, largest * bytes_of_memory_a_byte_of_text);
}
#endif

}  // namespace
}  // namespace ganesha::exporter
