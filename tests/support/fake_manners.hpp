// The ways in which the hostile server answers, and what they do to an honest reply. Random numbers decide
// the rest, so that a seed repeats all of it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>
#include <string_view>

namespace fake {

enum class Manner {
  wrong_signature,
  empty,
  error,    // of DBus
  refusal,  // `false` and a text
  twice,
  repeated_names,
  extreme_numbers,
  odd_times,
  long_names,
  huge_names,
  odd_characters,
  // Those that keep the caller waiting.
  late,
  never,
};
inline constexpr std::size_t fast_manners = 11;

std::string_view name_of(Manner manner);

// std::mt19937_64 is the same everywhere, the library's distributions are not.
class Random {
 public:
  explicit Random(std::initializer_list<std::uint64_t> seeds);

  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
  bool one_in(std::uint64_t times) { return below(times) == 0; }
  template <class T, std::size_t size>
  const T& one_of(const T (&choices)[size]) {
    return choices[below(size)];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace fake
