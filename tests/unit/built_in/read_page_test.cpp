#include "exporter/built_in/read_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "exporter/base/text.hpp"

namespace {

using namespace ganesha::exporter;
namespace dbus = ganesha::dbus;
using testing::ElementsAre;
using Rows = std::map<std::string, double>;  // by the values of the labels, joined by blanks

std::string fixture(const std::string& version) {
  std::ifstream file(std::string(GANESHA_FIXTURES) + "/built_in/" + version + ".txt");
  return {std::istreambuf_iterator<char>(file), {}};
}

BuiltInPage page_of(const std::string& text, const Selection& selection = {},
                    BesideBus beside = BesideBus::yes) {
  auto page = read_page(text, selection, {}, beside);
  EXPECT_TRUE(page) << page.error();
  return page ? std::move(*page) : BuiltInPage{};
}

// The samples of one metric; of histograms the number of events.
Rows rows(const BuiltInPage& page, std::string_view metric) {
  Rows found;
  for (std::size_t i = 0; i < page.families.size(); ++i) {
    if (built_in_families()[i].metric != metric) continue;
    for (const auto& sample : page.families[i]) {
      found[joined(sample.labels, " ")] =
          sample.histogram ? static_cast<double>(sample.histogram->counts.back()) : sample.value;
    }
  }
  return found;
}

const BuiltInHistogram& histogram(const BuiltInPage& page, std::string_view source) {
  return page.families[find_built_in_family(source, BuiltInType::Histogram).value()].at(0).histogram.value();
}

std::vector<std::string> families_of(const std::string& text) {
  std::vector<std::string> names;
  const auto parsed = parse_text_format(text);
  EXPECT_TRUE(parsed);
  for (const auto& family : *parsed) names.emplace_back(family.name);
  return names;
}

TEST(TheTableOfBuiltInFamilies, NamesEachFamilyOnce) {
  std::set<std::string_view> names;
  for (const auto& row : built_in_families()) EXPECT_TRUE(names.insert(row.source).second) << row.source;
}

TEST(TheTableOfBuiltInFamilies, SaysOfEachFamilyOfTheRecordedPageThatItIsShownOrWhyNot) {
  for (const auto* version : {"5.9", "6.2", "15.2", "16"}) {
    const auto text = fixture(version);
    EXPECT_THAT(page_of(text).unknown, ElementsAre()) << version;
    for (const auto& name : families_of(text)) {
      const auto row = std::ranges::find(built_in_families(), name, &BuiltInFamily::source);
      ASSERT_NE(row, built_in_families().end()) << name;
      // Another row of the metric may explain it.
      const auto explains = [&](const auto& other) {
        return other.metric == row->metric && other.text.size() > 10;
      };
      EXPECT_TRUE(row->is_left_out() ? row->text.size() > 10
                                     : std::ranges::any_of(built_in_families(), explains))
          << name;
    }
  }
}

TEST(TheTableOfBuiltInFamilies, GivesTheRowsOfOneMetricTheSameTypeAndLabels) {
  std::map<std::string_view, const BuiltInFamily*> first;
  for (const auto& row : built_in_families()) {
    if (row.is_left_out()) continue;
    const auto* other = first.emplace(row.metric, &row).first->second;
    EXPECT_EQ(row.type, other->type) << row.source;
    ASSERT_EQ(row.labels.size(), other->labels.size()) << row.source;
    for (std::size_t i = 0; i < row.labels.size(); ++i)
      EXPECT_EQ(row.labels[i].name, other->labels[i].name) << row.source;
  }
}

TEST(ABuiltInPage, HasASampleOfEachFamilyThatIsShown) {
  const auto text = fixture("15.2");
  const auto page = page_of(text);
  for (const auto& name : families_of(text)) {
    const auto index = static_cast<std::size_t>(
        std::ranges::find(built_in_families(), name, &BuiltInFamily::source) - built_in_families().begin());
    const auto& row = built_in_families()[index];
    // The recorded one has NFSv4 alone, which nfsv4__op_latency has too.
    EXPECT_EQ(page.families[index].empty(), row.is_left_out() || name == "nfs_latency_ms") << name;
  }
}

TEST(ABuiltInPage, NamesExportsAndProceduresAsOtherMetricsDo) {
  const auto page = page_of(fixture("15.2"));
  EXPECT_EQ(rows(page, "ganesha_export_procedure_duration_seconds"),
            (Rows{{"3 /srv/data2 CREATE", 2}, {"3 /srv/data2 GETATTR", 4}}));
  EXPECT_EQ(rows(page, "ganesha_export_mdcache_misses_total"),
            (Rows{{"3 /srv/data2 getattr", 1}, {"2 /mem getattr", 14}}))
      << "the path is found by the id";
  EXPECT_EQ(rows(page, "ganesha_procedure_duration_seconds"),
            (Rows{{"NFSv4 RECLAIM_COMPLETE", 38}, {"NFSv4 DESTROY_CLIENTID", 38}}));
  EXPECT_EQ(rows(page, "ganesha_request_size_bytes"), (Rows{{"read", 1529}, {"write", 1529}}));
}

TEST(ABuiltInPage, CallsAProcedureOfBothVersionsNfs) {
  EXPECT_EQ(rows(page_of(fixture("5.9")), "ganesha_procedure_duration_seconds"),
            (Rows{{"NFS READ", 100}, {"NFSv4 OPEN", 5}}));
  EXPECT_EQ(rows(page_of(fixture("6.2")), "ganesha_procedure_duration_seconds"),
            (Rows{{"NFSv4 READ", 60}, {"NFSv4 OPEN", 5}}))
      << "a server that counts NFSv4 alone";
}

TEST(ABuiltInPage, HasResultsByStatusFromBothItsFamilies) {
  EXPECT_EQ(rows(page_of(fixture("15.2")), "ganesha_procedure_results_total"),
            (Rows{{"NFSv3 CREATE NFS3ERR_ROFS", 2},
                  {"NFSv4 RECLAIM_COMPLETE NFS4_OK", 38},
                  {"NFSv4 DESTROY_CLIENTID NFS4_OK", 38}}));
}

TEST(ABuiltInPage, TakesNfsv4FromTheFamilyThatCountsItAlone) {
  const auto page = page_of(
      "# TYPE nfs_errors_total counter\n"
      "nfs_errors_total{operation=\"open\",status=\"NFS4_OK\",version=\"nfs4\"} 8\n"
      "nfs_errors_total{operation=\"open\",status=\"NFS4ERR_NOENT\",version=\"nfs4\"} 1\n"
      "nfs_errors_total{operation=\"read\",status=\"NFS3_OK\",version=\"nfs3\"} 7\n"
      "# TYPE nfsv4__op_count counter\nnfsv4__op_count{op=\"OPEN\",status=\"NFS4_OK\"} 9\n");
  EXPECT_EQ(rows(page, "ganesha_procedure_results_total"),
            (Rows{{"NFSv3 READ NFS3_OK", 7}, {"NFSv4 OPEN NFS4_OK", 9}}));
}

TEST(ABuiltInPage, HasLatencyOfNfsv4WithoutDynamicMetrics) {
  auto text = fixture("15.2");
  text.erase(text.find("# HELP nfs_latency_ms "),
             text.find("# HELP nfs_requests_by_export") - text.find("# HELP nfs_latency_ms "));
  EXPECT_EQ(rows(page_of(text), "ganesha_procedure_duration_seconds"),
            (Rows{{"NFSv4 RECLAIM_COMPLETE", 38}, {"NFSv4 DESTROY_CLIENTID", 38}}));
}

TEST(ABuiltInPage, CountsInSeconds) {
  const auto page = page_of(fixture("15.2"));
  const auto& latency = histogram(page, "nfs_latency_ms_by_export");
  EXPECT_EQ(latency.bounds.at(0), 0.0001);
  EXPECT_EQ(latency.bounds.at(11), 0.00864) << "8.640000000000001 ms";
  EXPECT_EQ(latency.bounds.back(), 12.783);
  EXPECT_EQ(histogram(page, "nfsv4__op_latency").bounds.at(0), 0.001);
  EXPECT_EQ(histogram(page, "libntirpc__svc_auth_request_latency").bounds.at(0), 0.00001);
  EXPECT_EQ(histogram(page, "idmapping__evicted_entries_cached_duration").bounds.at(0), 600);
}

TEST(ABuiltInPage, IsFilteredByTheExportsPath) {
  Selection selection;
  selection.exports.filter.exclude = Pattern::parse("/srv/.*");
  const auto page = page_of(fixture("15.2"), selection, BesideBus::no);
  EXPECT_EQ(rows(page, "ganesha_export_mdcache_misses_total"), (Rows{{"2 /mem getattr", 14}}));
  EXPECT_TRUE(rows(page, "ganesha_export_procedure_duration_seconds").empty());
  const auto older = fixture("5.9");
  EXPECT_FALSE(rows(page_of(older, {}, BesideBus::no), "ganesha_export_procedure_duration_seconds").empty());
  EXPECT_TRUE(
      rows(page_of(older, selection, BesideBus::no), "ganesha_export_procedure_duration_seconds").empty())
      << "without paths no export is known to be chosen";
}

TEST(ABuiltInPage, HasAtMostSoManyExports) {
  Selection selection;
  selection.exports.max = 1;
  const auto page = page_of(fixture("15.2"), selection, BesideBus::no);
  EXPECT_EQ(rows(page, "ganesha_export_request_size_bytes").size(), 2U) << "reads and writes of export 1";
  EXPECT_TRUE(rows(page, "ganesha_export_mdcache_misses_total").empty());
  EXPECT_EQ(page.dropped, 2U);
}

TEST(ABuiltInPage, HasAllItsExportsWhereTheListOfTheBusSelects) {
  Selection selection;
  selection.exports.max = 1;
  selection.exports.filter.exclude = Pattern::parse(".*");
  const auto page = page_of(fixture("15.2"), selection);
  EXPECT_EQ(rows(page, "ganesha_export_mdcache_misses_total").size(), 2U);
  EXPECT_EQ(page.dropped, 0U);
}

TEST(ABuiltInPage, FindsAnExportByItsPath) {
  EXPECT_EQ(rows(page_of(fixture("15.2") + fixture("16")), "ganesha_export_size_bytes"),
            (Rows{{"3 /srv/data2", 1000000}}));
}

TEST(ABuiltInPage, SumsSeriesThatHaveEqualLabelsOfOurs) {
  const auto page = page_of(
      "# TYPE locks__count gauge\nlocks__count{lock_type=\"holders\",node=\"1\"} 2\n"
      "locks__count{lock_type=\"holders\",node=\"2\"} 3\n");
  EXPECT_EQ(rows(page, "ganesha_locks"), (Rows{{"holders", 5}}));
}

// A histogram in milliseconds.
std::string latency(const std::string& labels, const std::string& sum, const std::string& first = "1",
                    const std::string& second = "2") {
  const auto line = [&](const std::string& part, const std::string& le, const std::string& value) {
    return "nfsv4__op_latency_" + part + "{" + labels + le + "} " + value + "\n";
  };
  return line("count", "", "1") + line("sum", "", sum) + line("bucket", ",le=\"" + first + "\"", "0") +
         line("bucket", ",le=\"" + second + "\"", "0") + line("bucket", ",le=\"+Inf\"", "1");
}

TEST(ABuiltInPage, AddsUpInTheServersUnit) {
  const auto text = "# TYPE nfsv4__op_latency histogram\n" + latency("op=\"READ\",status=\"A\"", "100") +
                    latency("op=\"READ\",status=\"B\"", "200");
  EXPECT_EQ(histogram(page_of(text), "nfsv4__op_latency").sum, 0.3) << "0.1 + 0.2 is 0.30000000000000004";
}

TEST(ABuiltInPage, KeepsBoundsApartThatWouldBeRoundedToOne) {
  const std::string head = "# TYPE nfsv4__op_latency histogram\n";
  const auto page = page_of(head + latency("op=\"READ\"", "1", "0.0000001", "0.0000002"));
  EXPECT_THAT(histogram(page, "nfsv4__op_latency").bounds, ElementsAre(0.0000001 / 1e3, 0.0000002 / 1e3));
  const auto refused = read_page(head + latency("op=\"READ\"", "1", "5e-324", "1e-323"), {});
  EXPECT_EQ(refused.error(), "a histogram of nfsv4__op_latency is out of range");
}

TEST(ABuiltInPage, HasABoundForItsLabelsTogether) {
  std::string text =
      "# TYPE mdcache_cache_hits_by_export_total counter\n"
      "mdcache_cache_hits_by_export_total{export=\"1\",path=\"" +
      std::string(4000, '/') + "\"} 1\n";
  for (int i = 0; i < 9000; ++i)
    text += "mdcache_cache_hits_by_export_total{export=\"1\",operation=\"" + std::to_string(i) + "\"} 1\n";
  EXPECT_EQ(read_page(text, {}).error(), "its labels are too long together");
}

TEST(ABuiltInPage, HasAnOutlineForTheNextOne) {
  const std::string text =
      "# TYPE locks__count gauge\nlocks__count{x=\"1\"} 2\n# TYPE a counter\na{x=\"1\"} 1\na{x=\"2\"} 1\n";
  const auto outline = page_of(text).outline;
  EXPECT_THAT(outline.families, ElementsAre("a", "locks__count"));
  EXPECT_EQ(outline.last, "a");
  EXPECT_EQ(outline.series_of_last, 2U);
}

TEST(ABuiltInPage, RefusesToAddUpHistogramsOfDifferentBuckets) {
  const std::string text =
      "# TYPE compound__ops_count histogram\n"
      "compound__ops_count_count{x=\"1\"} 1\ncompound__ops_count_sum{x=\"1\"} 1\n"
      "compound__ops_count_bucket{x=\"1\",le=\"+Inf\"} 1\n"
      "compound__ops_count_count{x=\"2\"} 1\ncompound__ops_count_sum{x=\"2\"} 1\n"
      "compound__ops_count_bucket{x=\"2\",le=\"5\"} 1\ncompound__ops_count_bucket{x=\"2\",le=\"+Inf\"} 1\n";
  EXPECT_EQ(read_page(text, {}).error(), "histograms of compound__ops_count have different buckets");
}

TEST(ABuiltInPage, NamesWhatIsUnknownAndDoesNotShowIt) {
  const auto page = page_of(
      "# TYPE new_total counter\nnew_total 1\n# TYPE rpcs_in_flight histogram\n# TYPE locks__count gauge\n");
  EXPECT_THAT(page.unknown, ElementsAre("new_total", "rpcs_in_flight")) << "the second is of another type";
  for (const auto& family : page.families) EXPECT_TRUE(family.empty());
}

// By the metric that shows a family where there is no bus.
Rows rows_without_bus(const BuiltInPage& page, std::string_view metric) {
  Rows found;
  for (std::size_t i = 0; i < page.families.size(); ++i)
    if (built_in_families()[i].without_bus == metric)
      for (const auto& sample : page.families[i]) found[joined(sample.labels, " ")] += sample.value;
  return found;
}

TEST(ABuiltInPage, HasBytesOfExportsAndClientsWhereThereIsNoBus) {
  Selection selection;
  selection.clients.aggregation = Aggregation{24, 64};
  const auto page = *read_page(fixture("15.2"), selection, {}, BesideBus::no);
  EXPECT_EQ(rows_without_bus(page, "ganesha_export_transferred_bytes_total"),
            (Rows{{"1 /data NFS read", 52926016},
                  {"2 /mem NFS read", 1406018},
                  {"1 /data NFS write", 52926016},
                  {"2 /mem NFS write", 1406018}}));
  EXPECT_EQ(rows_without_bus(page, "ganesha_client_transferred_bytes_total"),
            (Rows{{"127.0.1.0/24 NFS read", 14920000},
                  {"127.0.0.0/24 NFS write", 2812036},
                  {"127.0.1.0/24 NFS write", 2480000}}));
  EXPECT_EQ(rows_without_bus(page_of(fixture("15.2")), "ganesha_client_transferred_bytes_total"), Rows());
}

TEST(ABuiltInPage, HasOnlyClientsThatWereActiveLately) {
  const auto rows_at = [](std::int64_t idle) {
    const dbus::WallTime taken{std::chrono::seconds(1795422990 + idle)};
    return rows_without_bus(*read_page(fixture("6.2"), {}, taken, BesideBus::no),
                            "ganesha_client_last_activity_timestamp_seconds");
  };
  EXPECT_EQ(rows_at(86400), (Rows{{"10.0.0.1", 1795422990}}));
  EXPECT_EQ(rows_at(86401), Rows());
}

TEST(ABuiltInPage, IsRefusedAsAWhole) {
  EXPECT_EQ(read_page(fixture("15.2") + "rpcs_in_flight x\n", {}).error(),
            "line 935: not a sample: \"rpcs_in_flight x\"");
}

}  // namespace
