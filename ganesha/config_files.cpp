#include "config_files.hpp"

#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "descriptor.hpp"

namespace ganesha {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void cannot_read(const std::string& file, const std::string& why) {
  throw std::runtime_error("cannot read " + file + ": " + why);
}

void check_kind(const std::string& file, const struct stat& found) {
  if (S_ISDIR(found.st_mode)) cannot_read(file, std::strerror(EISDIR));
  if (!S_ISREG(found.st_mode)) cannot_read(file, "not a regular file");
  if (static_cast<std::size_t>(found.st_size) > largest_config_file) cannot_read(file, "larger than 16 MiB");
}

bool is_pattern(std::string_view name) { return name.find_first_of("*?[") != name.npos; }

}  // namespace

std::string config_file_content(const std::string& file) {
  const Descriptor opened(open(file.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat found {};
  if (opened.get() < 0 || fstat(opened.get(), &found) != 0) cannot_read(file, std::strerror(errno));
  check_kind(file, found);
  std::string content;
  std::array<char, 65'536> part{};
  ssize_t got = 0;
  while ((got = read(opened.get(), part.data(), part.size())) > 0) {
    content.append(part.data(), static_cast<std::size_t>(got));
    if (content.size() > largest_config_file) cannot_read(file, "larger than 16 MiB");
  }
  if (got < 0) cannot_read(file, std::strerror(errno));
  return content;
}

// The server pushes each file that readdir gives on a stack, so that it parses the last one first. It takes
// no symbolic links.
std::vector<std::string> files_of_dir(std::string_view folder_or_pattern) {
  fs::path folder(folder_or_pattern);
  if (!folder.has_filename()) folder = folder.parent_path();
  std::string pattern = "*";
  if (is_pattern(folder.filename().string())) {
    pattern = folder.filename().string();
    folder = folder.has_parent_path() ? folder.parent_path() : ".";
  }
  std::error_code error;
  std::vector<std::string> files;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const auto name = entry->path().filename().string();
    if (entry->symlink_status().type() == fs::file_type::regular &&
        fnmatch(pattern.c_str(), name.c_str(), 0) == 0)
      files.push_back(entry->path().string());
  }
  if (error) cannot_read(folder.string(), error.message());
  std::reverse(files.begin(), files.end());
  return files;
}

}  // namespace ganesha
