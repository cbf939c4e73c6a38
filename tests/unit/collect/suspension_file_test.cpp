#include "exporter/collect/suspension_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "dbus/methods.hpp"

namespace {

namespace fs = std::filesystem;
using namespace ganesha::dbus;
using ganesha::exporter::Log;
using ganesha::exporter::LogFormat;
using ganesha::exporter::LogLevel;
using ganesha::exporter::SuspensionFile;
using testing::HasSubstr;
using testing::IsEmpty;

struct ASuspensionFile : testing::Test {
  fs::path folder = fs::temp_directory_path() / ("suspension_file_test." + std::to_string(getpid()));
  fs::path path = folder / "org.ganesha.nfsd.methods.json";
  std::ostringstream lines;
  Log log{LogLevel::info, LogFormat::logfmt, lines};
  SuspensionFile file{folder, "org.ganesha.nfsd", log};

  ~ASuspensionFile() override { fs::remove_all(folder); }

  void write(const std::string& text) {
    fs::create_directories(folder);
    std::ofstream(path) << text;
  }

  void expect_refused(const std::string& text) {
    write(text);
    EXPECT_TRUE(file.load().empty()) << text;
    EXPECT_THAT(lines.str(), HasSubstr("Cannot read the list of suspended methods")) << text;
    lines.str("");
  }
};

const SuspensionRecord everything{"4.3",
                                  {{methods::show_exports},
                                   {methods::display_export, std::uint16_t{77}},
                                   {methods::get_client_io_ops, "::ffff:10.0.0.1"},
                                   {methods::get_property, version_argument()}},
                                  false,
                                  {methods::show_clients, methods::introspect_admin}};

TEST_F(ASuspensionFile, GivesBackWhatItWasGiven) {
  file.save(everything);
  EXPECT_EQ(file.load(), everything);
  const SuspensionRecord single{"6.5", {{methods::show_exports}}, true, {}};
  file.save(single);
  EXPECT_EQ(file.load(), single);
  EXPECT_THAT(lines.str(), IsEmpty());
}

TEST_F(ASuspensionFile, IsEmptyWhereThereIsNone) {
  EXPECT_TRUE(file.load().empty());
  EXPECT_THAT(lines.str(), IsEmpty());
}

TEST_F(ASuspensionFile, IsRemovedWithTheLastSuspension) {
  file.save(everything);
  EXPECT_FALSE(file.removed());
  file.save({});
  EXPECT_FALSE(fs::exists(path));
  EXPECT_FALSE(file.removed()) << "it was we who removed it";
}

TEST_F(ASuspensionFile, TellsWhenSomebodyRemovedIt) {
  file.save(everything);
  fs::remove(path);
  EXPECT_TRUE(file.removed());
}

TEST_F(ASuspensionFile, RefusesWhatItDidNotWrite) {
  expect_refused("");
  expect_refused("{}");
  expect_refused("[1, 2");
  expect_refused(R"({"version": 4, "suspects": [], "single_suspect": false, "suspended": []})");
  expect_refused(R"({"version": "4.3", "suspects": [], "single_suspect": true, "suspended": []})");
  expect_refused(
      R"({"version": "4.3", "suspects": [], "single_suspect": false, "suspended": ["admin.shutdown"]})");
  expect_refused(std::string((1 << 20) + 1, ' '));
}

TEST_F(ASuspensionFile, RefusesWhatIsNoFile) {
  fs::create_directories(path);
  EXPECT_TRUE(file.load().empty());
  EXPECT_THAT(lines.str(), HasSubstr("not a small regular file"));
}

TEST_F(ASuspensionFile, ReportsOnceThatItCannotBeWritten) {
  std::ofstream(folder) << "a file where the folder should be";
  file.save(everything);
  file.save(everything);
  const auto text = lines.str();
  EXPECT_THAT(text, HasSubstr("Cannot write the list of suspended methods"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
}

TEST_F(ASuspensionFile, WithoutAFolderKeepsNothing) {
  SuspensionFile none("", "org.ganesha.nfsd", log);
  none.save(everything);
  EXPECT_TRUE(none.load().empty());
  EXPECT_FALSE(none.removed());
  EXPECT_THAT(lines.str(), IsEmpty());
}

}  // namespace
