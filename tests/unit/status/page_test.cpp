#include "exporter/status/page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exporter/status/assets/assets.hpp"
#include "exporter/status/sparkline.hpp"
#include "snapshots.hpp"

namespace {

using namespace ganesha::exporter;
using namespace ganesha::test;
using testing::HasSubstr;
using testing::Not;

class TheStatusPage : public testing::Test {
 protected:
  TheStatusPage() { facts.now = ganesha::dbus::WallTime(std::chrono::seconds(1795423004)); }

  void take(Snapshot found) {
    facts.snapshot = std::make_shared<const Snapshot>(std::move(found));
    facts.live = usual_live(facts.snapshot);
  }

  std::string page(const StatusQuery& query = {}) const {
    return status_page(make_report(facts, tracker, query), {{"/metrics", "Metrics"}, {"/a&b", "<B>"}});
  }

  StatusFacts facts;
  RateTracker tracker;
};

TEST_F(TheStatusPage, ShowsAServerThatIsUp) {
  take(everything_measured());
  facts.since = {SinceKind::started, ganesha::dbus::WallTime(std::chrono::seconds(1795423004 - 7500))};
  for (const auto* part :
       {"<title>NFS-Ganesha is up</title>", "up.svg", "class=\"up\"", ">NFS-Ganesha is up</p>",
        "for 2 h 5 min", ">3 s ago</time>", "ganesha_exporter 1.2.3 (revision abcdef0)",
        "<a href=\"./metrics\">Metrics</a><a href=\"./a&amp;b\">&lt;B&gt;</a></nav>", "10.0.0.1<small>",
        "polled 4 s ago", "fetched 24 s ago"})
    EXPECT_THAT(page(), HasSubstr(part));
}

TEST_F(TheStatusPage, ShowsOneThatIsDownAndNoOldData) {
  facts.live = down_live(std::make_shared<const Snapshot>(everything_measured()));
  facts.why_down = "no <heartbeat>";
  for (const auto* part : {"<title>NFS-Ganesha is down</title>", "down.svg", "class=\"down\"",
                           "no &lt;heartbeat&gt;", "NFS-Ganesha is down.</td>"})
    EXPECT_THAT(page(), HasSubstr(part));
  EXPECT_THAT(page(), Not(HasSubstr("10.0.0.1")));
}

TEST_F(TheStatusPage, SaysWhatIsMissingWithoutABus) {
  facts.snapshot = std::make_shared<const Snapshot>(nothing_supported());
  facts.live = busless_live(facts.snapshot);
  for (const auto* part : {"<dt>DBus</dt><dd>none</dd>", "NULL call to 192.0.2.1:2049</dt><dd>answered</dd>",
                           "<b>exports</b> needs DBus", "No data: see Collectors below."})
    EXPECT_THAT(page(), HasSubstr(part));
  for (const auto* part : {"Last heartbeat", "not connected to DBus", "this version"})
    EXPECT_THAT(page(), Not(HasSubstr(part)));
  facts.live.signs[0].seen = false;
  EXPECT_THAT(page(), HasSubstr(R"(<strong class="warn">not answered</strong>)"));
}

TEST_F(TheStatusPage, ShowsWhatFails) {
  auto snapshot = statistics_off();
  snapshot.in_grace = true;
  snapshot.outcomes[index_of(CollectorId::drc)] = {false, false, {}};
  snapshot.outcomes[index_of(CollectorId::clients)] = {true, false, {}};
  take(std::move(snapshot));
  for (const auto* part : {"Exports not served</dt><dd><strong class=\"warn\">3 (/three), 4 (/four)</strong>",
                           "<li class=\"absent\"><b>drc</b>", "<li class=\"fails\"><b>clients</b> failed",
                           "No data: see Collectors below.", "disabled", "in grace</strong>"})
    EXPECT_THAT(page(), HasSubstr(part));
}

TEST_F(TheStatusPage, SaysNothingOfMissingExportsWhereThereAreNone) {
  using Names = std::optional<std::vector<std::string>>;
  for (const auto& none : {Names(), Names(std::in_place)}) {
    auto snapshot = everything_measured();
    snapshot.exports_missing = none;
    take(std::move(snapshot));
    EXPECT_THAT(page(), Not(HasSubstr("Exports not served")));
  }
}

TEST_F(TheStatusPage, NamesSuspendedMethods) {
  facts.live.suspended_methods = {"ExportMgr.ShowExports", "admin.get_grace"};
  EXPECT_THAT(page(), HasSubstr("during the call: ExportMgr.ShowExports, admin.get_grace</strong>"));
  facts.live.suspended_methods.clear();
  EXPECT_THAT(page(), Not(HasSubstr("Suspended")));
}

TEST_F(TheStatusPage, EscapesAllThatComesFromOutside) {
  auto odd = odd_labels();
  const std::string evil = "<script>alert('1' & \"2\")</script>";
  odd.version = odd.exports->front().path = odd.exports_missing->front() = odd.clients->front().address =
      evil;
  take(std::move(odd));
  StatusQuery query;
  query.exports.filter = "\"><script>";
  EXPECT_THAT(page(query), Not(HasSubstr("<script>")));
  EXPECT_THAT(page(query), HasSubstr("value=\"&quot;&gt;&lt;script&gt;\""));
  EXPECT_THAT(page(), Not(HasSubstr("<script>")));
  EXPECT_THAT(page(), HasSubstr("&lt;script&gt;alert(&#39;1&#39; &amp; &quot;2&quot;)&lt;/script&gt;"));
}

TEST_F(TheStatusPage, ShowsWhatWouldTurnTheDirectionInANameAndKeepsItInAFilter) {
  auto odd = odd_labels();
  const std::string evil = "/srv/\u202egnp.exe\x1b";
  odd.version = odd.exports->front().path = odd.exports_missing->front() = odd.clients->front().address =
      evil;
  take(std::move(odd));
  EXPECT_THAT(page(), Not(HasSubstr("\u202e")));
  EXPECT_THAT(page(), HasSubstr("<th scope=\"row\">/srv/\\u202egnp.exe\\u001b<"));
  StatusQuery query;
  query.exports.filter = "\u202e";
  EXPECT_THAT(page(query), HasSubstr("value=\"\u202e\"")) << "as the reader typed it";
}

TEST_F(TheStatusPage, HasNoLinkThatBeginsWithASlash) {
  take(everything_measured());
  for (const auto* part : {"href=\"/", "src=\"/", "action=\"/", "href=\"http"})
    EXPECT_THAT(page(), Not(HasSubstr(part)));
  EXPECT_THAT(page(), HasSubstr("<script src=\"./static/"));
}

TEST_F(TheStatusPage, SortsByButtonsThatWorkWithoutAScript) {
  take(everything_measured());
  StatusQuery query;
  query.exports.sort = SortKey::latency;
  query.clients.filter = "10.";
  const auto html = page(query);
  EXPECT_THAT(html, HasSubstr("aria-sort=\"descending\"><button id=\"exports-latency\" form=\"exports-sort\" "
                              "name=\"exports.order\" value=\"asc\">"));
  EXPECT_THAT(html, HasSubstr("<button id=\"exports-errors\" form=\"exports-sort\" name=\"exports.sort\" "
                              "value=\"errors\">"));
  EXPECT_THAT(html,
              HasSubstr("<form id=\"exports-sort\" data-live><input type=\"hidden\" name=\"exports.sort\" "
                        "value=\"latency\"><input type=\"hidden\" name=\"clients.filter\" "
                        "value=\"10.\"></form>"));
}

TEST_F(TheStatusPage, LinksItsPagesAndKeepsTheRestOfTheQuery) {
  take(everything_measured());
  StatusQuery query;
  query.exports.per_page = 1;
  query.clients.filter = "a&b";
  EXPECT_THAT(page(query), HasSubstr("<a id=\"exports-previous\" role=\"link\" aria-disabled=\"true\""));
  EXPECT_THAT(page(query), HasSubstr("<span>Page 1 of 2</span><a id=\"exports-next\" "
                                     "href=\"?exports.page=2&amp;exports.per_page=1&amp;clients.filter=a%26b"
                                     "#exports\">Next</a>"));
}

TEST(ASparkline, IsAsHighAsItsLargestValue) {
  EXPECT_THAT(sparkline({0, 50, 100, 1}), HasSubstr("<path d=\"M52 16v0l2-8 2-8 2 15V16\"/>"));
  EXPECT_THAT(sparkline({0, 0}), HasSubstr("<path d=\"M56 16v0l2 0V16\"/>"));
  EXPECT_EQ(sparkline({5}), "");
}

TEST(TheAssets, AreFoundByTheirNames) {
  for (const auto& asset : assets()) {
    EXPECT_EQ(asset_path(asset.name), asset.path);
    EXPECT_GT(asset.content.size(), 50U);
  }
}

}  // namespace
