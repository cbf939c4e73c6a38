// Sums of time that Ganesha reports as an average. Where it truncates the average, the sum falls a little
// though nothing was reset, which rate() would take for a reset. Part of ServerMemory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace ganesha::exporter {

class MonotonicSums {
 public:
  // The sum of the times of `count` operations, at least what it was before; each `name` has its own.
  // Fewer operations than before: the counters were reset.
  std::uint64_t keep(const std::string& name, std::uint64_t count, std::uint64_t sum_ns) {
    if (const auto found = known_.find(name); found != known_.end())
      sum_ns = next(found->second, count, sum_ns);
    else
      add(name, {count, sum_ns});
    return sum_ns;
  }
  std::size_t names() const { return known_.size(); }

 private:
  struct Known {
    std::uint64_t count = 0;
    std::uint64_t sum_ns = 0;
  };

  // More than all names of a server with 65,536 exports; only one that always has new names gets there.
  static constexpr std::size_t max_bytes = 64UL * 1024 * 1024, bytes_of_entry = 128;

  static std::uint64_t next(Known& known, std::uint64_t count, std::uint64_t sum_ns) {
    if (known.count > count) known = {};
    known = {count, std::max(known.sum_ns, sum_ns)};
    return known.sum_ns;
  }

  // At the bound all are forgotten: their next sums may be a little less.
  void add(const std::string& name, Known known) {
    bytes_ += name.size() + bytes_of_entry;
    if (bytes_ > max_bytes) {
      known_.clear();
      bytes_ = name.size() + bytes_of_entry;
    }
    known_.emplace(name, known);
  }

  std::map<std::string, Known> known_;
  std::size_t bytes_ = 0;
};

}  // namespace ganesha::exporter
