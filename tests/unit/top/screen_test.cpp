// Golden screens: tests/fixtures/top/STATUS.json shown as SCENARIO.txt. UPDATE_GOLDEN=1 in the environment
// writes them again.
#include "exporter/top/screen.hpp"

#include <gtest/gtest.h>

#include <clocale>
#include <cstdlib>
#include <fstream>

#include "wire_message.hpp"

namespace {

using namespace ganesha::exporter;
using namespace ganesha::exporter::top;
using ganesha::test::fixtures;
using ganesha::test::read_file;

constexpr double now = 1764000010;

class AScreen : public testing::Test {
 protected:
  AScreen() {
    setenv("TZ", "UTC", 1);
    EXPECT_TRUE(std::setlocale(LC_CTYPE, "C.UTF-8"));
    show("up");
  }

  void show(const std::string& status) {
    snapshot = {parse_status(read_file(fixtures() / "top" / (status + ".json"))), now, ""};
  }

  std::vector<Line> lines(Size size) const { return screen(view, snapshot, origin, render, size); }

  std::string text(Size size) const {
    std::string all;
    for (const Line& line : lines(size)) all += plain_text(line) + "\n";
    return all;
  }

  Style style_of(std::wstring_view part) const {
    for (const Line& line : lines({120, 40}))
      for (const Span& span : line)
        if (span.text.find(part) != span.text.npos) return span.style;
    ADD_FAILURE() << "nowhere";
    return Style::plain;
  }

  View view{TopOptions{}};
  StatusSnapshot snapshot;
  Origin origin{"127.0.0.1:19587", std::chrono::seconds(2)};
  RenderOptions render{now, Charset::utf8};
};

void expect_golden(const std::string& scenario, const std::string& text) {
  const auto path = fixtures() / "top" / (scenario + ".txt");
  if (std::getenv("UPDATE_GOLDEN")) std::ofstream(path, std::ios::binary) << text;
  EXPECT_EQ(read_file(path), text) << scenario << " differs; UPDATE_GOLDEN=1 writes it again";
}

TEST_F(AScreen, Of80ColumnsHasTheMainValues) { expect_golden("exports_80x24", text({80, 24})); }

TEST_F(AScreen, Of120ColumnsHasTheTrendToo) { expect_golden("exports_120x16", text({120, 16})); }

TEST_F(AScreen, Of50ColumnsLeavesOutTheLeastImportant) { expect_golden("exports_50x15", text({50, 15})); }

TEST_F(AScreen, ShowsWhatItIsSortedByHoweverNarrow) {
  EXPECT_EQ(text({50, 15}).find("Active"), std::string::npos);
  view.state().sort = TopSort::activity;
  EXPECT_NE(text({50, 15}).find("Active"), std::string::npos);
}

TEST_F(AScreen, HasAsciiAloneWhereThereIsNoMore) {
  render.charset = Charset::ascii;
  const std::string all = text({120, 16});
  EXPECT_TRUE(
      std::all_of(all.begin(), all.end(), [](char c) { return c == '\n' || (c >= ' ' && c < 0x7f); }));
  expect_golden("ascii_120x16", all);
}

TEST_F(AScreen, ShowsClientsAndTheirPage) {
  view.table = TopTable::clients;
  view.state().filter = snapshot.status.clients.filter = "10.0";
  expect_golden("clients_80x12", text({80, 12}));
}

TEST_F(AScreen, OfAServerThatIsDownSaysWhy) {
  show("down");
  expect_golden("down_80x12", text({80, 12}));
  EXPECT_EQ(style_of(L"no heartbeat"), Style::bad);
}

TEST_F(AScreen, ExplainsTheKeys) {
  view.help = true;
  expect_golden("help_80x24", text({80, 24}));
}

TEST_F(AScreen, MarksOldDataWhileTheExporterIsAway) {
  snapshot.trouble = "no response from 127.0.0.1:19587: Connection refused";
  render.now = now + 30;
  expect_golden("gone_80x12", text({80, 12}));
  EXPECT_EQ(style_of(L"Connection refused"), Style::bad);
  EXPECT_EQ(style_of(L"archive-2019"), Style::faint);
}

TEST_F(AScreen, NamesWhatIsWrong) {
  snapshot.status.failing_collectors = {"exports", "drc"};
  snapshot.status.dbus_connected = false;
  snapshot.status.statistics_off = true;
  snapshot.status.in_grace = true;
  expect_golden("problems_80x12", text({80, 12}));
  EXPECT_EQ(style_of(L"failing collectors: exports, drc"), Style::bad);
  EXPECT_EQ(style_of(L"in grace"), Style::warning);
}

TEST_F(AScreen, SaysWhatIsUnknownWithoutABus) {
  EXPECT_EQ(text({120, 24}).find("no DBus"), std::string::npos);
  snapshot.status.without_bus = true;
  EXPECT_EQ(style_of(L"no DBus: exports and clients are unknown"), Style::faint);
}

TEST_F(AScreen, CountsTheExportsThatAreNotServed) {
  EXPECT_EQ(text({120, 24}).find("not served"), std::string::npos);
  snapshot.status.exports_missing = 2;
  EXPECT_EQ(style_of(L"exports not served: 2"), Style::bad);
}

TEST_F(AScreen, NamesSuspendedMethods) {
  snapshot.status.failing_collectors = {"exports"};
  snapshot.status.suspended_methods = {"ExportMgr.ShowExports"};
  EXPECT_NE(text({80, 12}).find("failing collectors: exports  suspended methods: ExportMgr.ShowExports"),
            std::string::npos);
}

TEST_F(AScreen, AsksForTheFilter) {
  view.editing = true;
  view.state().filter = "nowhere";
  snapshot.status.exports.rows.clear();
  expect_golden("editing_80x12", text({80, 12}));
}

TEST_F(AScreen, MarksThePauseTheSortingAndErrors) {
  view.paused = true;
  view.state().sort = TopSort::latency;
  EXPECT_EQ(style_of(L"PAUSED"), Style::warning);
  EXPECT_EQ(style_of(L"Latency"), Style::chosen);
  EXPECT_EQ(style_of(L"Read/s"), Style::title);
  EXPECT_EQ(style_of(L"2.50"), Style::bad);
  EXPECT_EQ(style_of(L"up"), Style::good);
}

TEST_F(AScreen, FitsWhateverTheSize) {
  for (const bool help : {false, true})
    for (const bool editing : {false, true})
      for (std::size_t columns = 0; columns < 150; ++columns)
        for (std::size_t height = 1; height < 20; ++height) {
          view.help = help;
          view.editing = editing;
          const auto all = lines({columns, height});
          EXPECT_EQ(all.size(), height);
          for (const Line& line : all) ASSERT_LE(width(line), columns) << plain_text(line);
        }
}

TEST_F(AScreen, HasRoomForTheRowsItAsksFor) {
  EXPECT_EQ(rows_in({80, 24}), 17U);
  EXPECT_EQ(rows_in({80, 2}), 1U);
  EXPECT_EQ(rows_in({80, 2000}), 500U);
  while (snapshot.status.exports.rows.size() < 17)
    snapshot.status.exports.rows.push_back({"/last", "9", {}, {}, {}, {}});
  EXPECT_NE(text({80, 24}).find("\n/last  "), std::string::npos);
}

TEST_F(AScreen, IsPlainTextOfAnyWidthToo) {
  expect_golden("plain_exports", plain(view, snapshot, origin, render, any_width));
  view.table = TopTable::clients;
  render.charset = Charset::ascii;
  expect_golden("plain_clients", plain(view, snapshot, origin, render, any_width));
}

}  // namespace
