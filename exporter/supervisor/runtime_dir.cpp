#include "exporter/supervisor/runtime_dir.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace ganesha::exporter {
namespace {

namespace fs = std::filesystem;

fs::path parent() {
  std::error_code error;
  if (access("/run", W_OK) == 0) return "/run";
  const auto temporary = fs::temp_directory_path(error);
  return error ? "/tmp" : temporary;
}

}  // namespace

RuntimeDir::RuntimeDir() {
  // mkdtemp makes a directory that only our user may enter.
  std::string name = parent() / "ganesha_exporter.XXXXXX";
  if (!mkdtemp(name.data())) throw std::system_error(errno, std::generic_category(), "cannot create " + name);
  path_ = name;
}

// Its name is known by now: another user may have made what is there.
void RuntimeDir::restore() const {
  if (mkdir(path_.c_str(), S_IRWXU) == 0) return;
  struct stat found {};
  const int why = errno;
  const bool ours = lstat(path_.c_str(), &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == geteuid();
  if (!ours) throw std::system_error(why, std::generic_category(), "cannot create " + path_.string());
}

RuntimeDir::~RuntimeDir() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace ganesha::exporter
