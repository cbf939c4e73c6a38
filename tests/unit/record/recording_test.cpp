// What a server replied becomes a fixture again, without the names of its site.
#include "exporter/record/recording.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <fstream>

#include "dbus/methods.hpp"
#include "wire_message.hpp"

namespace {

using namespace ganesha;
using namespace ganesha::exporter;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

// As the exporter would have called it.
dbus::Request request_of(const test::WireRecord& record) {
  static std::deque<std::string> kept;
  const auto& object = kept.emplace_back("/org/ganesha/nfsd/" + record.path);
  const auto& method = kept.emplace_back(record.method);
  dbus::Request request{{object.c_str(), dbus::interfaces::export_stats, method.c_str()}};
  if (record.args.empty()) return request;
  if (record.args[0].is_number()) request.argument = record.args[0].get<std::uint16_t>();
  if (record.args[0].is_string()) request.argument = record.args[0].get<std::string>();
  return request;
}

json lines_of(const Recording& recording) { return json::parse(recording.files().at("replies.json")); }

// The same values, whatever its texts have become.
void expect_same_form(const json& found, const json& expected) {
  ASSERT_EQ(found.type(), expected.type());
  ASSERT_EQ(found.size(), expected.size());
  if (expected.is_structured()) {
    for (auto at = expected.begin(), also = found.begin(); at != expected.end(); ++at, ++also)
      expect_same_form(*also, *at);
  } else if (!expected.is_string()) {
    EXPECT_EQ(found, expected);
  }
}

class ARecording : public testing::TestWithParam<const char*> {};

TEST_P(ARecording, HasTheRepliesOfAServerInTheirOrder) {
  Recording recording;
  std::vector<test::WireRecord> given;
  for (const auto& record : test::wire_records(GetParam())) {
    const auto request = request_of(record);
    const bool repeated = std::holds_alternative<std::monostate>(request.argument) &&
                          std::ranges::any_of(given, [&](const auto& one) {
                            return one.path == record.path && one.method == record.method;
                          });
    if (repeated) continue;
    recording.add(request, record.message());
    given.push_back(record);
  }
  const auto lines = lines_of(recording);
  ASSERT_EQ(lines.size(), given.size());
  EXPECT_EQ(recording.replies(), given.size());
  for (std::size_t i = 0; i < given.size(); ++i) {
    SCOPED_TRACE(given[i].method);
    EXPECT_EQ(lines[i]["signature"], given[i].signature);
    expect_same_form(lines[i]["reply"], given[i].reply);
    EXPECT_EQ(test::marshal(given[i].signature, lines[i]["reply"]).empty(), given[i].signature.empty());
  }
}

TEST_P(ARecording, HasNoAddressAndNoPathOfTheServer) {
  Recording recording;
  for (const auto& record : test::wire_records(GetParam()))
    recording.add(request_of(record), record.message());
  const auto text = recording.files().at("replies.json");
  EXPECT_THAT(text, Not(HasSubstr("127.0.0.1")));
  const auto exports = dbus::decode_exports(test::wire_record(GetParam(), "ShowExports").message()).value();
  for (const auto& one : exports.exports) {
    if (one.path == "/") continue;
    EXPECT_THAT(text, Not(HasSubstr('"' + one.path + '"')));
  }
}

INSTANTIATE_TEST_SUITE_P(OfEachVersion, ARecording, testing::ValuesIn(test::recorded_versions));

TEST(ARecordingOfNames, CallsTheSameClientByTheSameNameEverywhere) {
  Recording recording;
  const auto clients = test::wire_record("15.2", "ShowClients");
  recording.add({dbus::methods::show_clients}, clients.message());
  recording.add({dbus::methods::get_client_io_ops, std::string("::ffff:127.0.0.1")},
                dbus::Error{dbus::errc::refused, "no client 127.0.0.1"});
  const auto lines = lines_of(recording);
  EXPECT_EQ(lines[0]["reply"][1][0][0], "::ffff:192.0.2.1");
  EXPECT_EQ(lines[1]["args"], json::array({"::ffff:192.0.2.1"}));
  EXPECT_EQ(lines[1]["error"], "Ganesha refused the call: no client 192.0.2.1");
  EXPECT_FALSE(lines[1].contains("reply"));
}

TEST(ARecordingOfNames, LeavesTheVersionThoughItLooksLikeAnAddress) {
  Recording recording;
  const json version = {{{"type", "s"}, {"data", "15.2.0.1"}}};
  recording.add({dbus::methods::get_property, dbus::version_argument()}, test::wire_message("v", version));
  EXPECT_EQ(lines_of(recording)[0]["reply"], version);
}

TEST(ARecordingOfNames, HasADescriptionAsAFileOfItsOwn) {
  Recording recording;
  recording.add({dbus::methods::introspect_admin}, test::wire_message("s", {"<node/>"}));
  recording.add({dbus::methods::introspect_clients}, dbus::Error{dbus::errc::timed_out, ""});
  const auto files = recording.files();
  EXPECT_EQ(files.at("introspect-admin.xml"), "<node/>");
  EXPECT_EQ(files.size(), 2U);
}

TEST(TheDirectoryOfARecording, MustBeEmptyAndKeepsWhatItHas) {
  const std::filesystem::path folder = testing::TempDir() + "record_test";
  std::filesystem::remove_all(folder);
  require_unused(folder);
  write_files(folder / "deeper", {{"a", "text"}});
  EXPECT_EQ(test::read_file(folder / "deeper/a"), "text");
  EXPECT_THROW(require_unused(folder / "deeper"), std::runtime_error);
  EXPECT_THROW(require_unused(folder / "deeper/a"), std::runtime_error);
  EXPECT_THROW(write_files(folder / "deeper", {{"a", "other"}}), std::runtime_error);
  EXPECT_EQ(test::read_file(folder / "deeper/a"), "text");
  std::filesystem::remove_all(folder);
}

}  // namespace
