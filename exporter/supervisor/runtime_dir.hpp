// A private directory for what a supervised server needs while it runs. The supervisor owns one.
#pragma once

#include <filesystem>

namespace ganesha::exporter {

class RuntimeDir {
 public:
  // In /run if that is writable, else in the directory for temporary files. Throws std::system_error.
  RuntimeDir();
  // Removes it with its content.
  ~RuntimeDir();
  // Makes it again where it was removed. Throws std::system_error.
  void restore() const;
  RuntimeDir(const RuntimeDir&) = delete;
  RuntimeDir& operator=(const RuntimeDir&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace ganesha::exporter
