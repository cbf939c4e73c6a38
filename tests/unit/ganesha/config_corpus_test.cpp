// Each of tests/fixtures/configurations, read: see the README.md there. A real server starts with each of
// them in tests/supervisor/configurations_test.py.
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "config_folder.hpp"
#include "ganesha/missing_exports.hpp"

namespace {

using namespace ganesha;
using nlohmann::json;
namespace fs = std::filesystem;

const fs::path corpus = fs::path(GANESHA_FIXTURES) / "configurations";

std::string content(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void replace_all(std::string& text, const std::string& place, const std::string& value) {
  for (auto at = text.find(place); at != text.npos; at = text.find(place, at + value.size()))
    text.replace(at, place.size(), value);
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(corpus))
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

struct AConfiguration : ConfigFolder, testing::WithParamInterface<std::string> {
  fs::path working_folder = fs::current_path();
  json expected = json::parse(content(corpus / GetParam() / "expected.json"));

  ~AConfiguration() override { fs::current_path(working_folder); }

  Config read() {
    fs::copy(corpus / GetParam(), folder, fs::copy_options::recursive);
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      auto text = content(entry.path());
      replace_all(text, "@FOLDER@", folder.string());
      replace_all(text, "@FLUSHER@", "Allow_Set_IO_Flusher_Fail = true;");
      std::ofstream(entry.path(), std::ios::binary) << text;
    }
    fs::current_path(folder);
    return read_config(expected.value("config", (folder / "ganesha.conf").string()));
  }

  bool serves(int version) const {
    const auto protocols = expected.value("protocols", std::vector<int>{3, 4});
    return std::find(protocols.begin(), protocols.end(), version) != protocols.end();
  }

  std::vector<ConfiguredExport> exports() const {
    std::vector<ConfiguredExport> exports;
    for (const auto& row : expected["exports"]) exports.push_back({row[0], row[1], row[2], row[3]});
    return exports;
  }

  void check_core(const Config& config) const {
    const auto& port = expected["port"];
    EXPECT_EQ(config.nfs_port, port.is_null() ? std::nullopt : std::optional(port.get<std::uint16_t>()));
    EXPECT_EQ(config.nfsv3, serves(3));
    EXPECT_EQ(config.nfsv4, serves(4));
    EXPECT_EQ(config.nlm, expected.value("nlm", true));
    EXPECT_EQ(config.needs_rpcbind(), expected.value("rpcbind", true));
    EXPECT_EQ(config.heartbeat.count(), expected.value("heartbeat_ms", 1000));
    EXPECT_EQ(config.dbus_name_prefix, expected.value("prefix", ""));
    EXPECT_EQ(config.several_cores, expected.value("several_cores", false));
    EXPECT_EQ(config.unknown.size(), expected.value("unknown", 0U)) << testing::PrintToString(config.unknown);
  }
};

TEST_P(AConfiguration, IsReadAsTheServerReadsIt) {
  auto config = read();
  check_core(config);
  if (expected.value("exports_in_any_order", false))
    EXPECT_THAT(config.exports, testing::UnorderedElementsAreArray(exports()));
  else
    EXPECT_EQ(config.exports, exports());
}

INSTANTIATE_TEST_SUITE_P(Corpus, AConfiguration, testing::ValuesIn(names()),
                         [](const auto& one) { return one.param; });

}  // namespace
