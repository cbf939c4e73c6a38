#include "exporter/top/units.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace ganesha::exporter::top {
namespace {

const std::string unknown = "-";
constexpr std::size_t longest = 32;

// Three digits that count: 1.20, 12.0, 120, 999.
std::string three_digits(double value) {
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  std::array<char, longest> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return text.data();
}

// Values that round to a thousand get the next prefix.
template <std::size_t count>
std::size_t scale(double& value, const std::array<const char*, count>&) {
  constexpr double factor = 1000;
  std::size_t prefix = 0;
  for (; std::round(value) >= factor && prefix + 1 < count; ++prefix) value /= factor;
  return prefix;
}

std::string date_format(const std::tm& then, const std::tm& now) {
  return then.tm_year == now.tm_year && then.tm_yday == now.tm_yday ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S";
}

std::tm local(double time) {
  const auto seconds = static_cast<std::time_t>(time);
  std::tm broken_down{};
  localtime_r(&seconds, &broken_down);
  return broken_down;
}

}  // namespace

std::string bytes(Number value) {
  static constexpr std::array prefixes{"B", "kB", "MB", "GB", "TB", "PB"};
  if (!value) return unknown;
  double left = *value;
  const std::size_t prefix = scale(left, prefixes);
  if (prefix == 0) return std::to_string(std::lround(left)) + " B";
  return three_digits(left) + " " + prefixes[prefix];
}

std::string rate(Number value) {
  static constexpr std::array prefixes{"", "k", "M", "G", "T"};
  if (!value) return unknown;
  if (*value == 0) return "0";
  double left = *value;
  const std::size_t prefix = scale(left, prefixes);
  return three_digits(left) + prefixes[prefix];
}

std::string latency(Number seconds) {
  if (!seconds) return unknown;
  constexpr double milli = 1e-3, micro = 1e-6;
  if (*seconds < 0.9995 * milli) return std::to_string(std::lround(*seconds / micro)) + " us";
  if (*seconds < 0.9995) return three_digits(*seconds / milli) + " ms";
  return three_digits(*seconds) + " s";
}

std::string span(double seconds) {
  constexpr double minute = 60, hour = 60 * minute, day = 24 * hour;
  const double rest = std::max(seconds, 0.0);
  const auto whole = [rest](double unit) { return std::to_string(static_cast<long long>(rest / unit)); };
  if (rest < minute) return whole(1) + " s";
  if (rest < hour) return whole(minute) + " min";
  return rest < day ? whole(hour) + " h" : whole(day) + " d";
}

std::string ago(Number then, double now) { return then ? span(now - *then) : unknown; }

std::string moment(double time, double now) {
  const std::tm then = local(time);
  std::array<char, longest> text{};
  std::strftime(text.data(), text.size(), date_format(then, local(now)).c_str(), &then);
  return text.data();
}

}  // namespace ganesha::exporter::top
