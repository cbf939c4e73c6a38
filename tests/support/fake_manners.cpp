#include "fake_manners.hpp"

#include <array>
#include <vector>

namespace fake {

std::string_view name_of(Manner manner) {
  constexpr std::array<std::string_view, 13> names{"wrong_signature",
                                                   "empty",
                                                   "error",
                                                   "refusal",
                                                   "twice",
                                                   "repeated_names",
                                                   "extreme_numbers",
                                                   "odd_times",
                                                   "long_names",
                                                   "huge_names",
                                                   "odd_characters",
                                                   "late",
                                                   "never"};
  return names.at(static_cast<std::size_t>(manner));
}

Random::Random(std::initializer_list<std::uint64_t> seeds) {
  std::vector<std::uint32_t> halves;
  for (const std::uint64_t one : seeds) {
    halves.push_back(static_cast<std::uint32_t>(one));
    halves.push_back(static_cast<std::uint32_t>(one >> 32));
  }
  std::seed_seq sequence(halves.begin(), halves.end());
  engine_.seed(sequence);
}

}  // namespace fake
