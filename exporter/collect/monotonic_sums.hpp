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
    known = {count, std::max(known.sum_ns, sum_ns), round_};
    return known.sum_ns;
  }

  // Begins a poll: names that were not kept in the last ones are forgotten.
  void begin_round() {
    std::erase_if(known_, [this](const auto& one) { return one.second.round + rounds_kept < round_; });
    ++round_;
  }

 private:
  // A collector may fail once or twice.
  static constexpr std::uint64_t rounds_kept = 3;

  struct Known {
    std::uint64_t count = 0;
    std::uint64_t sum_ns = 0;
    std::uint64_t round = 0;  // the last in which it was kept
  };
  std::map<std::string, Known> known_;
  std::uint64_t round_ = 0;
};

}  // namespace ganesha::exporter
