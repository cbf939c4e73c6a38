#include "exporter/base/duration.hpp"

#include <array>
#include <charconv>
#include <cstdint>

namespace ganesha::exporter {
namespace {

struct DurationUnit {
  std::string_view name;
  std::int64_t milliseconds;
};

constexpr std::int64_t second = 1000, hour = 3600 * second, day = 24 * hour, year = 365 * day;
constexpr std::int64_t longest = 100 * year;
constexpr std::array<DurationUnit, 7> duration_units{
    {{"y", year}, {"w", 7 * day}, {"d", day}, {"h", hour}, {"m", 60 * second}, {"s", second}, {"ms", 1}}};

// Removes the digits from the front; nothing when there are none or too many.
std::optional<std::int64_t> consume_number(std::string_view& text) {
  if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::string_view consume_letters(std::string_view& text) {
  const std::string_view letters = text.substr(0, text.find_first_of("0123456789"));
  text.remove_prefix(letters.size());
  return letters;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (text == "0") return std::chrono::milliseconds(0);
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  const DurationUnit* next = duration_units.begin();
  while (!text.empty()) {
    const auto number = consume_number(text);
    const auto name = consume_letters(text);
    while (next != duration_units.end() && next->name != name) ++next;
    if (!number || next == duration_units.end() || *number > longest / next->milliseconds)
      return std::nullopt;
    total += *number * next->milliseconds;
    if (total > longest) return std::nullopt;
    ++next;
  }
  return std::chrono::milliseconds(total);
}

std::string format_duration(std::chrono::milliseconds duration) {
  std::int64_t left = duration.count();
  if (left == 0) return "0s";
  std::string text;
  for (const DurationUnit& unit : duration_units) {
    const bool only_if_exact = unit.milliseconds >= day;
    if (left < unit.milliseconds || (only_if_exact && left % unit.milliseconds != 0)) continue;
    text += std::to_string(left / unit.milliseconds);
    text += unit.name;
    left %= unit.milliseconds;
  }
  return text;
}

}  // namespace ganesha::exporter
