#include "exporter/base/parse.hpp"

#include <charconv>
#include <system_error>

namespace ganesha::exporter {
namespace {

template <class Number>
std::optional<Number> parse_whole(std::string_view text) {
  Number number{};
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  if (error != std::errc{} || end != last) return std::nullopt;
  return number;
}

}  // namespace

std::optional<unsigned> parse_number(std::string_view text, unsigned low, unsigned high) {
  const auto number = parse_whole<unsigned>(text);
  return number && *number >= low && *number <= high ? number : std::nullopt;
}

std::optional<double> parse_ratio(std::string_view text) {
  const auto number = parse_whole<double>(text);
  constexpr double least = 0.001;
  return number && *number >= least && *number <= 1 ? number : std::nullopt;
}

}  // namespace ganesha::exporter
