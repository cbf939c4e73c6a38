// Rates, durations and counts for people: the status page and `top` show them.
#pragma once

#include <cstddef>
#include <string>

namespace ganesha::exporter {

/// Three digits and a unit, powers of 1000, at most 7 characters: "512 B", "999 kB", "12.3 MB".
std::string human_bytes(double value);

/// At most 5 characters: "0", "0.25", "999", "1.25k", "12.3M".
std::string human_rate(double value);

/// At most 7 columns: "85 µs", "1.20 ms", "2.50 s".
std::string human_latency(double seconds);

/// The two largest units: "4 s", "5 min 3 s", "2 h 5 min", "3 d 4 h". Below zero, as when clocks differ, "0
/// s".
std::string human_duration(double seconds);

/// The largest unit alone, for narrow columns: "4 s", "5 min", "2 h", "400 d".
std::string short_duration(double seconds);

/// "just now", "5 min 3 s ago".
std::string human_ago(double seconds);

/// "12,345".
std::string human_count(std::size_t value);

}  // namespace ganesha::exporter
