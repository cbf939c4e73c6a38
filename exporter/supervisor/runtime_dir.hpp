// A private folder for what a supervised server needs while it runs. The supervisor owns one.
#pragma once

#include <filesystem>

namespace ganesha::exporter {

class RuntimeFolder {
 public:
  // In /run where we may write there, else among the temporary files. Throws std::system_error.
  RuntimeFolder();
  // Removes it with all it holds.
  ~RuntimeFolder();
  RuntimeFolder(const RuntimeFolder&) = delete;
  RuntimeFolder& operator=(const RuntimeFolder&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace ganesha::exporter
