// Durations as Prometheus writes them: 200ms, 5s, 1m30s, 24h, 1d.
// flags.cpp reads values and writes help texts with it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace ganesha::exporter {

/// Numbers with units y, w, d, h, m, s, ms, largest first, each at most once; or a bare 0.
/// Nothing on nonsense and on more than 100 years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// The shortest such text for a duration from 0 on: 90 s is "1m30s", 0 is "0s".
std::string format_duration(std::chrono::milliseconds duration);

}  // namespace ganesha::exporter
