#include "exporter/status/units.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <ctime>
#include <span>
#include <string_view>

namespace ganesha::exporter {
namespace {

std::string fixed(double value, int decimals) {
  std::array<char, 64> text{};
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, decimals);
  return error == std::errc() ? std::string(text.data(), end) : "very many";
}

// Whole numbers as they are, else three digits.
std::string three_digits(double value) {
  if (value >= 99.95 || value == std::floor(value)) return fixed(value, 0);
  return fixed(value, value >= 9.995 ? 1 : 2);
}

std::string grouped(std::string digits) {
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  return digits;
}

struct Unit {
  double size;
  std::string_view name;
};

// The largest unit of which there is one; units from the largest to the smallest.
std::string in_units(double value, std::span<const Unit> units) {
  const auto fits = [value](const Unit& unit) { return value >= unit.size * 0.9995; };
  const auto found = std::ranges::find_if(units, fits);
  const auto& unit = found == units.end() ? units.back() : *found;
  return three_digits(value / unit.size) + " " + std::string(unit.name);
}

constexpr std::array byte_units{Unit{1e12, "TB/s"}, Unit{1e9, "GB/s"}, Unit{1e6, "MB/s"}, Unit{1e3, "kB/s"},
                                Unit{1, "B/s"}};
constexpr std::array time_units{Unit{1, "s"}, Unit{1e-3, "ms"}, Unit{1e-6, "µs"}, Unit{1e-9, "ns"}};

struct Pair {
  double large, small;
  std::string_view large_name, small_name;
};
constexpr std::array pairs{Pair{86400, 3600, " d ", " h"}, Pair{3600, 60, " h ", " min"},
                           Pair{60, 1, " min ", " s"}};

}  // namespace

std::string bytes_per_second(double value) { return in_units(value, byte_units); }
std::string latency(double seconds) { return in_units(seconds, time_units); }

std::string per_second(double value) {
  return value >= 99.95 ? grouped(fixed(value, 0)) : three_digits(value);
}

std::string span(double seconds) {
  const double whole = std::floor(std::max(seconds, 0.0));
  for (const auto& [large, small, large_name, small_name] : pairs) {
    if (whole < large) continue;
    return fixed(std::floor(whole / large), 0).append(large_name) +
           fixed(std::floor(std::fmod(whole, large) / small), 0).append(small_name);
  }
  return fixed(whole, 0) + " s";
}

std::string ago(double seconds) { return seconds < 1 ? "just now" : span(seconds) + " ago"; }

std::string number(std::size_t value) { return grouped(std::to_string(value)); }

std::string utc(double unix_seconds) {
  const auto time = static_cast<std::time_t>(unix_seconds);
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts)};
}

}  // namespace ganesha::exporter
