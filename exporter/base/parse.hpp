// Numbers read from text.
#pragma once

#include <optional>
#include <string_view>

namespace ganesha::exporter {

/// A whole decimal number in [low, high].
std::optional<unsigned> parse_number(std::string_view text, unsigned low, unsigned high);

/// A decimal fraction from 0.001 to 1.
std::optional<double> parse_ratio(std::string_view text);

}  // namespace ganesha::exporter
