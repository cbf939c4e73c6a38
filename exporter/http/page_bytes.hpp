// How much memory unread responses hold. Responses share chunks: each one is counted once.
#pragma once

#include <cstddef>
#include <unordered_map>

#include "exporter/base/chunk.hpp"

namespace ganesha::exporter {

class PageBytes {
 public:
  void hold(const Chunk& chunk) {
    if (++holders_[chunk.get()] == 1) total_ += chunk->size();
  }
  /// Once for each hold().
  void release(const Chunk& chunk) {
    const auto found = holders_.find(chunk.get());
    if (--found->second > 0) return;
    total_ -= chunk->size();
    holders_.erase(found);
  }
  std::size_t total() const { return total_; }

 private:
  std::unordered_map<const std::string*, std::size_t> holders_;
  std::size_t total_ = 0;
};

}  // namespace ganesha::exporter
