#include "exporter/built_in/text_format.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>

namespace {

using namespace ganesha::exporter;

std::string problem(std::string_view page) {
  const auto parsed = parse_text_format(page);
  return parsed ? "none" : parsed.error();
}

std::vector<SourceFamily> parsed(std::string_view page) {
  auto families = parse_text_format(page);
  EXPECT_TRUE(families) << families.error();
  return families ? std::move(*families) : std::vector<SourceFamily>();
}

std::string gauge(std::string_view sample) { return "# TYPE a gauge\n" + std::string(sample) + "\n"; }

constexpr std::string_view whole_histogram = R"(# HELP h Help.
# TYPE h histogram
h_count{op="x"} 3
h_sum{op="x"} 7
h_bucket{op="x",le="1"} 1
h_bucket{op="x",le="8"} 2
h_bucket{op="x",le="+Inf"} 3
)";

// The page with `from` replaced by `to`, which may be empty.
std::string changed(std::string_view from, std::string_view to) {
  std::string page(whole_histogram);
  return page.replace(page.find(from), from.size(), to);
}

TEST(TheTextFormat, IsReadByFamilies) {
  const auto families = parsed(
      "# HELP a_total Help.\n# TYPE a_total counter\na_total{y=\"2\",x=\"1\"} 5\na_total 6\n"
      "# a comment\n\n# TYPE b gauge\nb -1.5e3 1795422590000\n");
  ASSERT_EQ(families.size(), 2U);
  EXPECT_EQ(families[0].name, "a_total");
  EXPECT_EQ(families[0].type, BuiltInType::Counter);
  ASSERT_EQ(families[0].series.size(), 2U);
  EXPECT_EQ(families[0].series[0].labels, (SourceLabels{{"x", "1"}, {"y", "2"}}));
  EXPECT_EQ(families[0].series[0].value, 5);
  EXPECT_EQ(families[1].series.at(0).value, -1500);
}

TEST(TheTextFormat, HasEscapesInValuesOfLabels) {
  const auto page = gauge(R"(a{x="1\\2\"3\n4, }"} 1)");
  const auto families = parsed(page);
  EXPECT_EQ(families[0].series.at(0).labels, (SourceLabels{{"x", "1\\2\"3\n4, }"}}));
}

TEST(TheTextFormat, HasInfiniteAndUnknownValuesOfGauges) {
  EXPECT_TRUE(std::isinf(parsed(gauge("a +Inf"))[0].series[0].value));
  EXPECT_TRUE(std::isnan(parsed(gauge("a NaN"))[0].series[0].value));
}

TEST(TheTextFormat, HasHistograms) {
  const auto families = parsed(whole_histogram);
  ASSERT_EQ(families.size(), 1U);
  ASSERT_EQ(families[0].series.size(), 1U);
  const auto& histogram = families[0].series[0].histogram.value();
  EXPECT_EQ(histogram.bounds, (std::vector<double>{1, 8}));
  EXPECT_EQ(histogram.counts, (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(histogram.sum, 7);
}

TEST(TheTextFormat, ReadsWhatItDoesNotKnowWithoutATypeOfOurs) {
  const auto families = parsed("# TYPE s summary\ns{quantile=\"0.5\"} 1\ns_sum 2\ns_count 3\n");
  EXPECT_EQ(families.at(0).type, std::nullopt);
}

TEST(TheTextFormat, RefusesHalfALine) {
  EXPECT_EQ(problem(""), "the last line is incomplete");
  EXPECT_EQ(problem("# TYPE a gauge\na 12"), "the last line is incomplete");
}

TEST(TheTextFormat, RefusesWhatIsNoSample) {
  for (const auto* sample : {"a",
                             "a ",
                             "a  1",
                             "a x",
                             "a 1x",
                             "a 0x10",
                             "a inf",
                             "a nan",
                             "a +-1",
                             "a 1 x",
                             "a 1 2 3",
                             "a{ 1",
                             "a{x} 1",
                             "a{x=1} 1",
                             "a{x=\"1} 1",
                             "a{x=\"1\"1} 1",
                             "a{x=\"1\",,} 1",
                             "a{,} 1",
                             "a{x=\"\\t\"} 1",
                             "a{x=\"1\",x=\"2\"} 1",
                             "a{1x=\"1\"} 1",
                             "a{x=\"1\"}1",
                             "1a 1",
                             "\"a\" 1",
                             "a\t1",
                             "a 1\r"})
    EXPECT_TRUE(problem(gauge(sample)).starts_with("line 2: not a sample: ")) << sample;
}

TEST(TheTextFormat, RefusesWhatIsNotUtf8) {
  EXPECT_EQ(problem(gauge("a{path=\"/caf\xc3\xa9\"} 1")), "none");
  EXPECT_EQ(problem(gauge("a{path=\"/caf\xe9\"} 1")), "line 2: it is not UTF-8");
}

TEST(TheTextFormat, RefusesASampleOfAnotherFamily) {
  EXPECT_EQ(problem("a 1\n"), "line 1: a sample without a family: a");
  EXPECT_EQ(problem(gauge("b 1")), "line 2: a sample without a family: b");
  EXPECT_EQ(problem(gauge("a_sum 1")), "line 2: a sample without a family: a_sum");
  EXPECT_EQ(problem(changed("h_sum", "g_sum")), "line 4: a sample without a family: g_sum");
}

TEST(TheTextFormat, RefusesWhatIsThereTwice) {
  EXPECT_EQ(problem(gauge("a 1\na 1")), "line 3: a series of a is a duplicate");
  EXPECT_EQ(problem(gauge("a{x=\"1\",y=\"2\"} 1\na{y=\"2\",x=\"1\"} 1")),
            "line 3: a series of a is a duplicate");
  EXPECT_EQ(problem(gauge("a 1\n# TYPE a gauge")), "line 3: the family a is a duplicate");
}

TEST(TheTextFormat, RefusesATypeThatDoesNotExist) {
  EXPECT_EQ(problem("# TYPE a length\n"), "line 1: unknown type \"length\"");
  EXPECT_TRUE(problem("# TYPE 1 gauge\n").starts_with("line 1: invalid name"));
}

TEST(TheTextFormat, RefusesACounterThatCannotBeOne) {
  for (const auto* value : {"-1", "NaN", "+Inf"})
    EXPECT_EQ(problem("# TYPE a counter\na " + std::string(value) + "\n"), "line 2: a is no count") << value;
}

TEST(TheTextFormat, RefusesABrokenHistogram) {
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"8\"} 2", "8\"} 0"},      // falls
           {"8\"} 2", "1\"} 2"},      // a bound twice
           {"8\"} 2", "0.5\"} 2"},    // bounds that descend
           {"8\"} 2", "8\"} 2.5"},    // half an event
           {"le=\"8\"", "le=\"x\""},  // no bound
           {",le=\"8\"", ""},         // no bound at all
           {"h_sum{op=\"x\"} 7", "h_sum{op=\"x\"} NaN"},
           {"h_sum{op=\"x\"} 7", "h_sum{op=\"x\"} -7"},
           {"h_sum{op=\"x\"} 7\n", "h_sum{op=\"x\"} 7\nh_sum{op=\"x\"} 7\n"},
           {"h_sum", "h_other"}})
    EXPECT_TRUE(problem(changed(from, to)).ends_with("broken histogram h")) << from << " -> " << to;
}

TEST(TheTextFormat, RefusesAnIncompleteHistogram) {
  for (const auto* missing :
       {"h_sum{op=\"x\"} 7\n", "h_count{op=\"x\"} 3\n", "h_bucket{op=\"x\",le=\"+Inf\"} 3\n"})
    EXPECT_TRUE(problem(changed(missing, "")).ends_with("incomplete histogram h")) << missing;
  EXPECT_TRUE(problem(changed("+Inf\"} 3", "+Inf\"} 4")).ends_with("incomplete histogram h"));
  EXPECT_TRUE(problem(changed("h_sum{op=\"x\"}", "h_sum{op=\"y\"}")).ends_with("incomplete histogram h"));
}

TEST(TheTextFormat, HasBounds) {
  EXPECT_EQ(problem(std::string(most_page_bytes, '\n') + "\n"), "the page is longer than 32 MiB");
  const std::string long_name(longest_name + 1, 'a');
  EXPECT_TRUE(problem(gauge(long_name + " 1")).starts_with("line 2: not a sample"));
  std::string labels = "a{", families, series = "# TYPE a gauge\n";
  for (std::size_t i = 0; i <= most_labels_of_a_sample; ++i) labels += "l" + std::to_string(i) + "=\"\",";
  EXPECT_TRUE(problem(gauge(labels + "} 1")).starts_with("line 2: not a sample"));
  for (std::size_t i = 0; i <= most_page_families; ++i)
    families += "# TYPE f" + std::to_string(i) + " gauge\n";
  EXPECT_TRUE(problem(families).ends_with("more than 1000 families"));
  for (std::size_t i = 0; i <= most_page_series; ++i) series += "a{x=\"" + std::to_string(i) + "\"} 1\n";
  EXPECT_TRUE(problem(series).ends_with("more than 200000 series"));
}

TEST(TheTextFormat, IsThatOfTheRecordedServer) {
  std::ifstream file(std::string(GANESHA_FIXTURES) + "/built_in/15.2.txt");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(parsed(page).size(), 56U);
  // Cut within a line it is an error.
  for (std::size_t size = 1; size < page.size(); size += 997) {
    const auto beginning = page.substr(0, size);
    EXPECT_FALSE(parse_text_format(beginning) && !beginning.ends_with('\n')) << size;
  }
}

}  // namespace
