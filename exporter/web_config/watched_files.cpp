#include "exporter/web_config/watched_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace ganesha::exporter {
namespace {

namespace fs = std::filesystem;

std::int64_t nanoseconds(const timespec& time) {
  constexpr std::int64_t in_a_second = 1'000'000'000;
  return time.tv_sec * in_a_second + time.tv_nsec;
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

[[noreturn]] void fail(const fs::path& file, const std::string& why) {
  throw std::runtime_error(file.string() + ": " + why);
}

[[noreturn]] void fail(const fs::path& file, int error) {
  fail(file, "cannot be read: " + std::generic_category().message(error));
}

// A file may grow while it is read: one byte more than `most` tells.
std::string read_all(const fs::path& file, int descriptor, std::size_t most) {
  std::string content(most + 1, '\0');
  std::size_t length = 0;
  while (length < content.size()) {
    const ssize_t more = ::read(descriptor, content.data() + length, content.size() - length);
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) fail(file, errno);
    if (more == 0) break;
    length += static_cast<std::size_t>(more);
  }
  content.resize(length);
  return content;
}

std::string read_file(const fs::path& file, std::size_t most) {
  // Opening a pipe would wait for its writer.
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (descriptor.number() < 0) fail(file, errno);
  struct stat status = {};
  if (::fstat(descriptor.number(), &status) != 0) fail(file, errno);
  if (!S_ISREG(status.st_mode)) fail(file, "it must be a regular file");
  std::string content = read_all(file, descriptor.number(), most);
  if (content.size() > most) fail(file, "it must not be larger than " + std::to_string(most) + " bytes");
  return content;
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
