// ganesha.conf: up to three files, ended by zero bytes. The first is ganesha.conf, the others are a and b
// beside it.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "fuzz.hpp"
#include "ganesha/config.hpp"

namespace {

using namespace ganesha;
using namespace ganesha::fuzz;
namespace fs = std::filesystem;

// An empty folder with the working folder in it, so that .. is ours too. Removed at the end.
class Folder {
 public:
  Folder() {
    auto name = (fs::temp_directory_path() / "fuzz-ganesha-conf-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("cannot create " + name);
    outer_ = name;
    fs::create_directory(outer_ / "inner");
    fs::current_path(outer_ / "inner");
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(outer_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

 private:
  fs::path outer_;
};

void write(const char* file, std::string_view text) {
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream << text;
}

std::size_t bytes_of(const Config& config) {
  std::size_t bytes = config.dbus_name_prefix.size();
  for (const auto& one : config.exports) bytes += one.path.size() + one.pseudo.size() + one.tag.size();
  return bytes;
}

// A file may be read several times, until all together reach the limit.
std::size_t most_bytes_read(const std::string& input) {
  constexpr std::size_t limit_of_all_files = 64u << 20;
  return input.find('%') == input.npos ? input.size() : limit_of_all_files;
}

void check_bounds(const Config& config, std::size_t size) {
  expect(bytes_of(config) <= size, "texts are parts of the files");
  expect(config.exports.size() <= size, "an export takes bytes of the files");
  expect(config.heartbeat.count() >= 0 && config.heartbeat.count() <= 5000,
         "the heartbeat is one that the server takes");
  expect(config.unknown.size() <= size, "what is unknown takes bytes of the files");
  expect(exports_that_dbus_cannot_carry(config).size() <= 3 * config.exports.size(),
         "three texts of an export are checked");
}

// In single quotes a text stands for itself.
bool can_be_quoted(const std::string& text) { return text.find('\'') == text.npos; }

std::string written(const ConfiguredExport& one) {
  const auto id = one.id ? "Export_Id = " + std::to_string(*one.id) + ";" : "";
  return "EXPORT { " + id + " Path = '" + one.path + "'; Pseudo = '" + one.pseudo + "'; Tag = '" + one.tag +
         "'; }\n";
}

void check_round_trip(const std::vector<ConfiguredExport>& exports) {
  std::string text;
  for (const auto& one : exports) {
    if (!can_be_quoted(one.path + one.pseudo + one.tag)) return;
    text += written(one);
  }
  write("written.conf", text);
  const auto again = read_config("written.conf");
  fs::remove("written.conf");
  expect(again.exports == exports, "exports are read as they are written");
  expect(again.unknown.empty(), "nothing is unknown where there are no includes");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Folder folder;
  std::string input(text_of(data, size));
  // An include must not reach the files of this machine.
  if (input.find('%') != input.npos) std::ranges::replace(input, '/', '_');
  std::string_view rest = input;
  for (const char* file : {"ganesha.conf", "a", "b"}) write(file, take_until(rest, '\0'));
  const auto config = read_config("ganesha.conf");
  check_bounds(config, most_bytes_read(input));
  check_round_trip(config.exports);
  return 0;
}
