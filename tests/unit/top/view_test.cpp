#include "exporter/top/view.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "exporter/top/status_reply.hpp"

namespace {

using namespace ganesha::exporter;
using namespace ganesha::exporter::top;

class AView : public testing::Test {
 protected:
  Effect press(wchar_t character) { return press(Key{KeyKind::character, character}); }
  Effect press(KeyKind kind) { return press(Key{kind}); }
  Effect press(Key key) { return top::press(view, key, pages); }
  void type(std::wstring_view text) {
    for (const wchar_t c : text) EXPECT_EQ(press(c), Effect::fetch);
  }

  View view{TopOptions{}};
  unsigned pages = 3;
};

TEST_F(AView, BeginsAsTheFlagsSay) {
  TopOptions flags;
  flags.table = TopTable::clients;
  flags.sort = TopSort::name;
  flags.reverse = true;
  flags.filter = "10.";
  const View chosen(flags);
  EXPECT_EQ(chosen.table, TopTable::clients);
  EXPECT_EQ(chosen.state().sort, TopSort::name);
  EXPECT_FALSE(ascending(chosen.state()));
  EXPECT_EQ(chosen.state().filter, "10.");
  EXPECT_EQ(chosen.states[0].filter, "") << "of exports";
}

TEST_F(AView, EndsWithQ) {
  EXPECT_EQ(press(L'q'), Effect::quit);
  EXPECT_EQ(press(L'x'), Effect::redraw) << "an unknown key does nothing";
}

TEST_F(AView, SwitchesBetweenTheTablesWhichKeepTheirChoices) {
  press(L's');
  EXPECT_EQ(press(L'\t'), Effect::fetch);
  EXPECT_EQ(view.table, TopTable::clients);
  EXPECT_EQ(view.state().sort, TopSort::throughput);
  press(KeyKind::left);
  EXPECT_EQ(view.table, TopTable::exports);
  EXPECT_EQ(view.state().sort, TopSort::operations);
  press(KeyKind::right);
  EXPECT_EQ(view.table, TopTable::clients);
}

TEST_F(AView, GoesThroughAllSortings) {
  press(L'>');
  EXPECT_EQ(view.state().sort, TopSort::operations);
  press(L'<');
  press(L'S');
  EXPECT_EQ(view.state().sort, TopSort::name);
  EXPECT_TRUE(ascending(view.state()));
  press(L's');
  EXPECT_EQ(view.state().sort, TopSort::throughput);
  EXPECT_FALSE(ascending(view.state()));
  EXPECT_EQ(press(L'r'), Effect::fetch);
  EXPECT_TRUE(ascending(view.state()));
}

TEST_F(AView, TurnsPagesAsFarAsThereAreSome) {
  press(KeyKind::page_up);
  EXPECT_EQ(view.state().page, 1U);
  EXPECT_EQ(press(KeyKind::page_down), Effect::fetch);
  EXPECT_EQ(view.state().page, 2U);
  press(KeyKind::end);
  press(KeyKind::down);
  EXPECT_EQ(view.state().page, 3U);
  press(KeyKind::up);
  EXPECT_EQ(view.state().page, 2U);
  press(KeyKind::home);
  EXPECT_EQ(view.state().page, 1U);
  press(KeyKind::end);
  press(L's');
  EXPECT_EQ(view.state().page, 1U) << "another sorting begins at the first page";
}

TEST_F(AView, FiltersWhileTheFilterIsTyped) {
  EXPECT_EQ(press(L'/'), Effect::redraw);
  type(L"qé");
  EXPECT_EQ(view.state().filter, "qé");
  press(KeyKind::erase);
  EXPECT_EQ(view.state().filter, "q") << "a whole character";
  press(KeyKind::enter);
  EXPECT_FALSE(view.editing);
  EXPECT_EQ(view.state().filter, "q");
}

TEST_F(AView, DropsAFilterWithEscape) {
  press(L'/');
  type(L"a");
  press(KeyKind::enter);
  press(L'/');
  type(L"b");
  EXPECT_EQ(press(KeyKind::escape), Effect::fetch);
  EXPECT_EQ(view.state().filter, "a") << "the one before";
  EXPECT_EQ(press(KeyKind::escape), Effect::fetch);
  EXPECT_EQ(view.state().filter, "");
  EXPECT_EQ(press(KeyKind::escape), Effect::redraw);
}

TEST_F(AView, AcceptsNoControlCharacterAndNoEndlessFilter) {
  press(L'/');
  EXPECT_EQ(press(L'\t'), Effect::redraw);
  EXPECT_EQ(view.state().filter, "");
  for (int i = 0; i < 1000; ++i) press(L'x');
  EXPECT_EQ(view.state().filter.size(), 200U);
}

TEST_F(AView, PausesAndGoesOn) {
  EXPECT_EQ(press(L' '), Effect::redraw);
  EXPECT_TRUE(view.paused);
  EXPECT_EQ(press(L' '), Effect::fetch);
  EXPECT_FALSE(view.paused);
}

TEST_F(AView, ShowsItsHelpUntilTheNextKey) {
  press(L'h');
  EXPECT_TRUE(view.help);
  EXPECT_EQ(press(L'q'), Effect::redraw);
  EXPECT_FALSE(view.help);
  press(L'?');
  EXPECT_TRUE(view.help);
}

TEST_F(AView, AsksForBothTablesAsTheyAreChosen) {
  view.table = TopTable::clients;
  view.state() = {TopSort::name, false, "a b/é&", 7};
  EXPECT_EQ(target(view, 20),
            "/api/v1/status?exports.sort=throughput&exports.order=desc&exports.filter=&exports.page=1&"
            "exports.per_page=20&clients.sort=name&clients.order=asc&clients.filter=a%20b%2F%C3%A9%26&"
            "clients.page=7&clients.per_page=20");
}

TEST(AStatus, MayLackEverythingButWhetherGaneshaIsUp) {
  const StatusReply status =
      parse_status(R"({"up": false, "since": null, "collectors": 7, "exports": {"rows": [1]}})");
  EXPECT_FALSE(status.up);
  EXPECT_FALSE(status.since);
  EXPECT_FALSE(status.exports.known);
  ASSERT_EQ(status.exports.rows.size(), 1U);
  EXPECT_EQ(status.exports.rows[0].name, "");
  EXPECT_EQ(status.clients.pages, 1U);
}

TEST(AStatus, NamesTheCollectorsThatFailNotThoseThatAServerLacks) {
  const StatusReply status = parse_status(R"({"up": true, "collectors": [
    {"name": "exports", "supported": true, "success": true}, {"name": "clients", "success": false},
    {"name": "server", "supported": true, "success": false}, {"name": "drc", "supported": false, "success": false}]})");
  EXPECT_EQ(status.failing_collectors, (std::vector<std::string>{"clients", "server"}));
}

TEST(AStatus, CountsTheExportsThatAreNotServed) {
  EXPECT_EQ(parse_status(R"({"up": true, "exports_missing": ["3", "4"]})").exports_missing, 2U);
  EXPECT_EQ(parse_status(R"({"up": true, "exports_missing": null})").exports_missing, 0U);
  EXPECT_EQ(parse_status(R"({"up": true})").exports_missing, 0U);
}

TEST(AStatus, KnowsWhetherReadsAndWritesAreCounted) {
  EXPECT_TRUE(
      parse_status(R"({"up": true, "statistics": [{"name": "nfs", "enabled": false}]})").statistics_off);
  EXPECT_FALSE(
      parse_status(R"({"up": true, "statistics": [{"name": "fsal", "enabled": false}]})").statistics_off);
}

TEST(AStatus, MustBeOne) {
  for (const auto* text :
       {"", "[]", "7", "{}", "{\"up\": 1}", "<html>", "{\"up\": true", "{\"up\": true, \"state\": \"\xff\"}"})
    EXPECT_THROW(parse_status(text), std::runtime_error) << text;
}

}  // namespace
