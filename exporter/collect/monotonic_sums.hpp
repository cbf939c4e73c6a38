// Sums of time that Ganesha reports as an average. Where it truncates the average, the sum falls a little
// though nothing was reset, which rate() would take for a reset. Part of ServerMemory.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

namespace ganesha::exporter {

class MonotonicSums {
 public:
  // The sum of the times of `count` operations, at least what it was before; each `name` has its own.
  // Fewer operations than before: the counters were reset.
  std::uint64_t keep(const std::string& name, std::uint64_t count, std::uint64_t sum_ns) {
    auto& known = known_[name];
    if (known.count > count) known = {};
    known = {count, std::max(known.sum_ns, sum_ns)};
    return known.sum_ns;
  }

 private:
  struct Known {
    std::uint64_t count = 0;
    std::uint64_t sum_ns = 0;
  };
  std::map<std::string, Known> known_;
};

}  // namespace ganesha::exporter
