#include "exporter/base/human_units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace ganesha::exporter {
namespace {

// 1.20, 12.0, 120, 999.
std::string three_digits(double value) {
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f}", value, decimals);
}

struct Scaled {
  double value;
  const char* prefix;
};

// Values that round to a thousand get the next prefix.
Scaled scaled(double value) {
  constexpr std::array prefixes{"", "k", "M", "G", "T", "P"};
  std::size_t i = 0;
  for (; std::round(value) >= 1000 && i + 1 < prefixes.size(); ++i) value /= 1000;
  return {value, prefixes.at(i)};
}

struct Unit {
  double seconds;
  const char* name;
};
constexpr std::array units{Unit{86400, "d"}, Unit{3600, "h"}, Unit{60, "min"}, Unit{1, "s"}};

double whole_seconds(double seconds) { return std::floor(std::max(seconds, 0.0)); }

// The index of the largest unit that fits.
std::size_t largest_unit(double seconds) {
  std::size_t i = 0;
  while (i + 1 < units.size() && seconds < units[i].seconds) ++i;
  return i;
}

std::string in_unit(double seconds, const Unit& unit) {
  return fmt::format("{:.0f} {}", std::floor(seconds / unit.seconds), unit.name);
}

}  // namespace

std::string human_bytes(double value) {
  const auto [left, prefix] = scaled(value);
  return *prefix ? fmt::format("{} {}B", three_digits(left), prefix) : fmt::format("{:.0f} B", left);
}

std::string human_rate(double value) {
  if (value == 0) return "0";
  const auto [left, prefix] = scaled(value);
  return three_digits(left) + prefix;
}

std::string human_latency(double seconds) {
  constexpr double milli = 1e-3, micro = 1e-6, rounds_up = 0.9995;
  if (seconds < rounds_up * milli) return fmt::format("{} µs", std::lround(seconds / micro));
  if (seconds < rounds_up) return three_digits(seconds / milli) + " ms";
  return three_digits(seconds) + " s";
}

std::string human_duration(double seconds) {
  const double whole = whole_seconds(seconds);
  const std::size_t i = largest_unit(whole);
  if (i + 1 == units.size()) return in_unit(whole, units[i]);
  return in_unit(whole, units[i]) + " " + in_unit(std::fmod(whole, units[i].seconds), units[i + 1]);
}

std::string short_duration(double seconds) {
  const double whole = whole_seconds(seconds);
  return in_unit(whole, units[largest_unit(whole)]);
}

std::string human_ago(double seconds) { return seconds < 1 ? "just now" : human_duration(seconds) + " ago"; }

std::string human_count(std::size_t value) {
  std::string digits = std::to_string(value);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  return digits;
}

}  // namespace ganesha::exporter
