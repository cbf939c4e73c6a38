// The path of the private bus's socket. A lock beside it keeps other exporters away. The supervisor owns one.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "exporter/base/log.hpp"

namespace ganesha::exporter {

class BusPath {
 public:
  // Creates the directory and holds the path. Throws std::runtime_error that says why it cannot be used: it
  // is not writable, a bus answers there, another exporter holds it.
  explicit BusPath(std::filesystem::path path);

  // Makes the directory again, and holds the path again, where they were removed. Throws std::runtime_error.
  void restore();
  std::string address() const { return "unix:path=" + path_.string(); }

 private:
  // The lock ends with the process at the latest. Its file stays: removing it could remove another's.
  class Lock {
   public:
    explicit Lock(const std::filesystem::path& file);
    ~Lock();
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

   private:
    int descriptor_;
  };

  std::filesystem::path path_;
  std::unique_ptr<Lock> lock_;
};

// `wanted`, or if it is empty the standard socket (as PID 1) or our usual path; if these cannot be used, a
// path in `folder`, with a warning that says why.
std::unique_ptr<BusPath> hold_bus_path(const std::string& wanted, const std::filesystem::path& folder,
                                       Log& log);

}  // namespace ganesha::exporter
