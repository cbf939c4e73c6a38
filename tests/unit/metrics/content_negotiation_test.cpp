#include "exporter/metrics/content_negotiation.hpp"

#include <gtest/gtest.h>

namespace {
using namespace ganesha::exporter;

const std::string text = "text/plain; version=0.0.4; charset=utf-8; escaping=";
const std::string openmetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=";

std::string answer(std::string_view accept) { return negotiate(accept).content_type; }

TEST(Negotiation, AnswersTextWhenNothingMatches) {
  for (const auto* accept : {"", "application/json", "text/html,application/xhtml+xml", ",;,=;q",
                             "application/openmetrics-text;version=2.0.0", "text/plain;version=0.0.3",
                             "application/vnd.google.protobuf;encoding=delimited"}) {
    EXPECT_EQ(negotiate(accept).format, Format::text) << accept;
    EXPECT_EQ(answer(accept), text + "underscores") << accept;
  }
}

TEST(Negotiation, AnswersOpenMetricsToPrometheus2) {
  const auto found = negotiate(
      "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
      "text/plain;version=0.0.4;q=0.5,*/*;q=0.1");
  EXPECT_EQ(found.format, Format::openmetrics);
  EXPECT_EQ(found.content_type, openmetrics + "underscores");
}

TEST(Negotiation, AnswersOpenMetricsWithItsEscapingToPrometheus3) {
  EXPECT_EQ(answer("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
                   "application/openmetrics-text;version=0.0.1;q=0.5,"
                   "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,"
                   "*/*;q=0.2"),
            openmetrics + "allow-utf-8");
}

TEST(Negotiation, AnswersTextToAPrometheusThatWantsNoOpenMetrics) {
  EXPECT_EQ(answer("text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5,"
                   "*/*;q=0.1"),
            text + "allow-utf-8");
}

TEST(Negotiation, RepeatsTheEscapingsThatLeaveOurNamesAlone) {
  const auto with = [](const std::string& parameters) {
    return answer("application/openmetrics-text; version=1.0.0; " + parameters);
  };
  EXPECT_EQ(with("escaping=allow-utf-8"), openmetrics + "allow-utf-8");
  EXPECT_EQ(with("escaping=values"), openmetrics + "values");
  EXPECT_EQ(with("escaping=underscores"), openmetrics + "underscores");
  EXPECT_EQ(with("escaping=dots"), openmetrics + "underscores");
  EXPECT_EQ(with("escaping=nonsense"), openmetrics + "underscores");
  EXPECT_EQ(with("escaping=allow-utf-8; escaping=allow-utf-8"), openmetrics + "allow-utf-8");
  EXPECT_EQ(with("escaping=dots; escaping=values"), openmetrics + "values");
}

TEST(Negotiation, FollowsTheQValues) {
  EXPECT_EQ(negotiate("application/openmetrics-text;q=0.4,text/plain;q=0.5").format, Format::text);
  EXPECT_EQ(negotiate("text/plain;q=0.4,application/openmetrics-text;q=0.5").format, Format::openmetrics);
  EXPECT_EQ(negotiate("*/*,application/openmetrics-text;q=0.9").format, Format::text);
}

TEST(Negotiation, TakesTheEarlierOfEquals) {
  EXPECT_EQ(negotiate("text/plain,application/openmetrics-text").format, Format::text);
  EXPECT_EQ(negotiate("application/openmetrics-text,text/plain").format, Format::openmetrics);
}

TEST(Negotiation, NeverTakesWhatIsExcludedOrNotUnderstood) {
  EXPECT_EQ(negotiate("application/openmetrics-text;q=0").format, Format::text);
  EXPECT_EQ(negotiate("application/openmetrics-text;q=0.000").format, Format::text);
  for (const auto* q : {"", "x", "nan", "inf", "-1", "1x", "0x1", "1e3"})
    EXPECT_EQ(negotiate("application/openmetrics-text;q=" + std::string(q)).format, Format::text) << q;
}

TEST(Negotiation, AcceptsEveryVersionThatTheAnswerSatisfies) {
  for (const auto* version : {"", ";version=1.0.0", ";version=0.0.1", "; Version=\"1.0.0\" ; x=\"a,b;c\""})
    EXPECT_EQ(answer("application/openmetrics-text" + std::string(version)), openmetrics + "underscores");
  for (const auto* version : {"", ";version=1.0.0", ";version=0.0.4"})
    EXPECT_EQ(answer("text/plain" + std::string(version) + ", application/openmetrics-text;q=0.1"),
              text + "underscores");
}

TEST(Negotiation, IgnoresCaseAndBlanks) {
  EXPECT_EQ(
      answer(" \t Application/OpenMetrics-Text ; VERSION = 1.0.0 ; Escaping = Allow-UTF-8 ; Q = 0.5 , "),
      openmetrics + "allow-utf-8");
}

TEST(Negotiation, AnswersTextToWildcards) {
  EXPECT_EQ(negotiate("*/*").format, Format::text);
  EXPECT_EQ(negotiate("text/*, application/openmetrics-text;q=0.5").format, Format::text);
}

TEST(Gzip, IsUsedWhenItIsListed) {
  for (const auto* encoding : {"gzip", "GZIP", "x-gzip", "deflate, gzip;q=0.5", " gzip ; q=1.0 ", "br,*", "*",
                               "gzip;q=0.001", "identity;q=0,gzip"})
    EXPECT_TRUE(accepts_gzip(encoding)) << encoding;
}

TEST(Gzip, IsNotUsedWhenItIsNotWanted) {
  for (const auto* encoding : {"", "identity", "deflate", "gzip;q=0", "gzip; q=0.0", "*;q=0", "*,gzip;q=0",
                               "gzip;q=0,*", "gzipped", "gzip;q=x"})
    EXPECT_FALSE(accepts_gzip(encoding)) << encoding;
}

}  // namespace
