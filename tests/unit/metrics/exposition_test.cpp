#include "exporter/metrics/exposition.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>

namespace {

using namespace ganesha::exporter;
using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

ClientMetric sample(double value, std::vector<ClientMetric::Label> labels = {}) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.gauge.value = value;
  metric.counter.value = value;
  return metric;
}

std::string written(const MetricFamily& family, Format format) {
  std::string out;
  write_family(family, format, out);
  return out;
}

// How a gauge's value is written.
std::string number(double value) {
  const auto text = written({"g", "Help.", MetricType::Gauge, {sample(value)}}, Format::text);
  const auto begin = text.rfind("g ") + 2;
  return text.substr(begin, text.size() - begin - 1);
}

TEST(Exposition, WritesACounterInTextFormat) {
  const MetricFamily family{"read_bytes_total",
                            "Bytes read.",
                            MetricType::Counter,
                            {sample(7, {{"a", "1"}, {"b", "2"}}), sample(8, {{"a", "2"}, {"b", "2"}})}};
  EXPECT_EQ(written(family, Format::text),
            "# HELP read_bytes_total Bytes read.\n"
            "# TYPE read_bytes_total counter\n"
            "read_bytes_total{a=\"1\",b=\"2\"} 7\n"
            "read_bytes_total{a=\"2\",b=\"2\"} 8\n");
}

TEST(Exposition, NamesACountersFamilyWithoutTotalInOpenMetrics) {
  const MetricFamily family{"ops_total", "Operations.", MetricType::Counter, {sample(7)}};
  EXPECT_EQ(written(family, Format::openmetrics),
            "# HELP ops Operations.\n"
            "# TYPE ops counter\n"
            "ops_total 7\n");
}

TEST(Exposition, WritesAHistogramAlikeInBothFormats) {
  ClientMetric metric;
  metric.label = {{"procedure", "READ"}};
  metric.histogram = {6,
                      0.75,
                      {{1, 0.00001},
                       {2, 0.0001},
                       {3, 1},
                       {4, 8.5},
                       {5, 1048576},
                       {6, std::numeric_limits<double>::infinity()}}};
  const MetricFamily family{"wait", "Help.", MetricType::Histogram, {metric}};
  const std::string page =
      "# HELP wait Help.\n"
      "# TYPE wait histogram\n"
      "wait_bucket{procedure=\"READ\",le=\"1e-05\"} 1\n"
      "wait_bucket{procedure=\"READ\",le=\"0.0001\"} 2\n"
      "wait_bucket{procedure=\"READ\",le=\"1.0\"} 3\n"
      "wait_bucket{procedure=\"READ\",le=\"8.5\"} 4\n"
      "wait_bucket{procedure=\"READ\",le=\"1.048576e+06\"} 5\n"
      "wait_bucket{procedure=\"READ\",le=\"+Inf\"} 6\n"
      "wait_count{procedure=\"READ\"} 6\n"
      "wait_sum{procedure=\"READ\"} 0.75\n";
  EXPECT_EQ(written(family, Format::text), page);
  EXPECT_EQ(written(family, Format::openmetrics), page);
}

TEST(Exposition, NamesTheUnitInOpenMetricsOnly) {
  const MetricFamily counter{"read_bytes_total", "Bytes.", MetricType::Counter, {sample(7)}};
  EXPECT_EQ(written(counter, Format::openmetrics),
            "# HELP read_bytes Bytes.\n"
            "# TYPE read_bytes counter\n"
            "# UNIT read_bytes bytes\n"
            "read_bytes_total 7\n");
  const MetricFamily gauge{"age_seconds", "Age.", MetricType::Gauge, {sample(7)}};
  EXPECT_EQ(written(gauge, Format::openmetrics),
            "# HELP age_seconds Age.\n"
            "# TYPE age_seconds gauge\n"
            "# UNIT age_seconds seconds\n"
            "age_seconds 7\n");
  EXPECT_EQ(written(gauge, Format::text).find("UNIT"), std::string::npos);
}

// One metric whose start is known, one whose is not.
std::string written_with_created(MetricType type, Format format) {
  const MetricFamily family{type == MetricType::Counter ? "ops_total" : "ops",
                            "Operations.",
                            type,
                            {sample(7, {{"path", "/a \"b\""}}), sample(8, {{"path", "/c"}})}};
  std::string out;
  write_family(family, format, out, [](const ClientMetric& metric) -> std::optional<double> {
    if (metric.label.front().value == "/c") return std::nullopt;
    return 1795422790.5;
  });
  return out;
}

TEST(Exposition, WritesSinceWhenACounterCountsBehindItsValue) {
  EXPECT_EQ(written_with_created(MetricType::Counter, Format::openmetrics),
            "# HELP ops Operations.\n"
            "# TYPE ops counter\n"
            "ops_total{path=\"/a \\\"b\\\"\"} 7\n"
            "ops_created{path=\"/a \\\"b\\\"\"} 1795422790.5\n"
            "ops_total{path=\"/c\"} 8\n");
}

TEST(Exposition, WritesNoCreatedTimestampOfGaugesOrInTextFormat) {
  for (const auto& text : {written_with_created(MetricType::Gauge, Format::openmetrics),
                           written_with_created(MetricType::Counter, Format::text)})
    EXPECT_EQ(text.find("created"), std::string::npos) << text;
}

TEST(Exposition, NamesOnlyUnitsThatAreTheLastWord) {
  for (const auto* name : {"milliseconds", "bytes", "seconds_left", "ops"}) {
    const MetricFamily gauge{name, "Help.", MetricType::Gauge, {sample(7)}};
    EXPECT_EQ(written(gauge, Format::openmetrics).find("UNIT"), std::string::npos) << name;
  }
}

TEST(Exposition, FindsTheUnitOfACounterBeforeTotal) {
  EXPECT_EQ(unit_of("read_bytes_total"), "bytes");
  EXPECT_EQ(unit_of("age_seconds"), "seconds");
  for (const auto* name : {"milliseconds_total", "ops_total", "bytes", "seconds_left", "total"})
    EXPECT_EQ(unit_of(name), "") << name;
}

TEST(Exposition, WritesNothingForAFamilyWithoutMetrics) {
  EXPECT_EQ(written({"g", "Help.", MetricType::Gauge, {}}, Format::text), "");
  EXPECT_EQ(written({"c_total", "Help.", MetricType::Counter, {}}, Format::openmetrics), "");
}

TEST(Exposition, AppendsToTheText) {
  std::string out = "before\n";
  write_family({"g", "Help.", MetricType::Gauge, {sample(1)}}, Format::text, out);
  EXPECT_EQ(out, "before\n# HELP g Help.\n# TYPE g gauge\ng 1\n");
}

TEST(Exposition, EscapesLabelValues) {
  const MetricFamily family{
      "g", "Help.", MetricType::Gauge, {sample(1, {{"path", "a\\b\"c\nd\xC3\xA9{},= #"}, {"empty", ""}})}};
  const std::string line = "g{path=\"a\\\\b\\\"c\\nd\xC3\xA9{},= #\",empty=\"\"} 1\n";
  EXPECT_TRUE(written(family, Format::text).ends_with(line)) << written(family, Format::text);
  EXPECT_TRUE(written(family, Format::openmetrics).ends_with(line));
}

TEST(Exposition, EscapesQuotesOfHelpInOpenMetricsOnly) {
  const MetricFamily family{"g", "A \"b\" \\ c\nd.", MetricType::Gauge, {sample(1)}};
  EXPECT_TRUE(written(family, Format::text).starts_with("# HELP g A \"b\" \\\\ c\\nd.\n"));
  EXPECT_TRUE(written(family, Format::openmetrics).starts_with("# HELP g A \\\"b\\\" \\\\ c\\nd.\n"));
}

TEST(Exposition, WritesIntegersInFull) {
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(-0.0), "0");
  EXPECT_EQ(number(1795422790), "1795422790");
  EXPECT_EQ(number(-3), "-3");
  EXPECT_EQ(number(9007199254740991), "9007199254740991");
  EXPECT_EQ(number(-9007199254740991), "-9007199254740991");
}

TEST(Exposition, WritesEveryValueSoThatItIsReadBackUnchanged) {
  for (const double value :
       {0.1, 1.0 / 3, 5e-9, 1e-300, 1795422790.5356777, 9007199254740992.0, 1.8446744073709552e19,
        std::numeric_limits<double>::max(), std::numeric_limits<double>::denorm_min()}) {
    EXPECT_EQ(std::strtod(number(value).c_str(), nullptr), value) << number(value);
    EXPECT_EQ(std::strtod(number(-value).c_str(), nullptr), -value) << number(-value);
  }
}

TEST(Exposition, WritesTheShortestFractions) {
  EXPECT_EQ(number(0.1), "0.1");
  EXPECT_EQ(number(1.5), "1.5");
}

TEST(Exposition, WritesNotANumberAndInfinities) {
  EXPECT_EQ(number(std::numeric_limits<double>::quiet_NaN()), "NaN");
  EXPECT_EQ(number(std::numeric_limits<double>::infinity()), "+Inf");
  EXPECT_EQ(number(-std::numeric_limits<double>::infinity()), "-Inf");
}

}  // namespace
