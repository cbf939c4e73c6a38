// Reads the small files of a configuration, and knows whether one of them has changed since.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace ganesha::exporter {

class WatchedFiles {
 public:
  /// What a file held, as a hash; 0: it could not be read.
  using Contents = std::map<std::filesystem::path, std::size_t>;

  /// The content of a regular file of at most `most` bytes; throws std::runtime_error that names the file. It
  /// is watched in both cases. Never waits for a pipe or a device.
  std::string read(const std::filesystem::path& file, std::size_t most);

  /// Whether a file that was read is another one now, or may be. Symlinks are followed.
  bool changed() const;

  const Contents& contents() const { return contents_; }

 private:
  // What stat() says of a file; none: there is no such file.
  struct Identity {
    std::uint64_t device = 0, inode = 0;
    std::int64_t size = 0, modified_ns = 0, changed_ns = 0;
    bool operator==(const Identity&) const = default;
  };
  struct Stamp {
    std::optional<Identity> identity;
    // It was written so shortly before that a later write may have the same time.
    bool fresh = false;
  };

  static std::optional<Identity> identity_of(const std::filesystem::path& file);
  static Stamp stamp_of(const std::filesystem::path& file);

  std::map<std::filesystem::path, Stamp> stamps_;
  Contents contents_;
};

}  // namespace ganesha::exporter
