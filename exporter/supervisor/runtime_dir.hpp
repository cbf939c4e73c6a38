// A private folder for what a supervised server needs while it runs. The supervisor owns one.
#pragma once

#include <filesystem>

namespace ganesha::exporter {

class RuntimeDir {
 public:
  // In /run where we may write there, else among the temporary files. Throws std::system_error.
  RuntimeDir();
  // Removes it with all it holds.
  ~RuntimeDir();
  RuntimeDir(const RuntimeDir&) = delete;
  RuntimeDir& operator=(const RuntimeDir&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace ganesha::exporter
