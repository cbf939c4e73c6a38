#include "exporter/base/read_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace ganesha::exporter {
namespace {

namespace fs = std::filesystem;

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

}  // namespace

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

}  // namespace ganesha::exporter
