// Sums of time that Ganesha tells as an average. Where it cuts the average short, the sum falls a little
// though nothing was reset, which rate() would take for a counter that began anew. Kept with the owner.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

namespace ganesha::exporter {

class MonotonicSums {
 public:
  // The sum of the times of `count` operations, at least what it was before; `name` tells the sums apart.
  // Fewer operations than before: counting began anew.
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
