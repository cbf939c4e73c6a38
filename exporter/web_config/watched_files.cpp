#include "exporter/web_config/watched_files.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <functional>

#include "exporter/base/read_file.hpp"

namespace ganesha::exporter {
namespace {

namespace fs = std::filesystem;

std::int64_t nanoseconds(const timespec& time) {
  constexpr std::int64_t in_a_second = 1'000'000'000;
  return time.tv_sec * in_a_second + time.tv_nsec;
}

}  // namespace

std::optional<WatchedFiles::Identity> WatchedFiles::identity_of(const fs::path& file) {
  struct stat status = {};
  if (::stat(file.c_str(), &status) != 0) return std::nullopt;
  return Identity{status.st_dev, status.st_ino, status.st_size, nanoseconds(status.st_mtim),
                  nanoseconds(status.st_ctim)};
}

WatchedFiles::Stamp WatchedFiles::stamp_of(const fs::path& file) {
  // A tick of the kernel's clock, and what a server of files rounds to.
  constexpr std::int64_t grain_ns = 2'000'000'000;
  const auto identity = identity_of(file);
  timespec now = {};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const std::int64_t age = identity ? nanoseconds(now) - identity->modified_ns : grain_ns;
  return {identity, age >= 0 && age < grain_ns};
}

std::string WatchedFiles::read(const fs::path& file, std::size_t most) {
  stamps_[file] = stamp_of(file);
  contents_[file] = 0;
  std::string content = read_file(file, most);
  contents_[file] = std::hash<std::string>{}(content);
  return content;
}

bool WatchedFiles::changed() const {
  return std::ranges::any_of(stamps_, [](const auto& file) {
    const auto& [path, stamp] = file;
    return stamp.fresh || identity_of(path) != stamp.identity;
  });
}

}  // namespace ganesha::exporter
