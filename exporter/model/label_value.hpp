// Shortens the server's names to label values of limited length. Code that puts a name into the snapshot
// calls it; DBus calls use the name as the server sent it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ganesha::exporter {

/// In bytes: as long as the longest path.
inline constexpr std::size_t longest_label = 4096;

/// The name itself if it is not longer than `longest_label`; else its beginning, `~` and 16 hexadecimal
/// digits of a hash of the whole name, which keeps names apart that begin alike. Never cut within a UTF-8
/// character.
std::string label_value(std::string_view name);

/// The same in place.
void cut_label(std::string& name);

/// The bytes that the labels of one snapshot, or of one page of the server, may hold together.
class LabelBudget {
 public:
  /// False, and nothing is taken, if that many are not left.
  bool take(std::size_t bytes) {
    if (bytes > left_) return false;
    left_ -= bytes;
    return true;
  }

 private:
  std::size_t left_ = std::size_t{32} << 20;
};

}  // namespace ganesha::exporter
