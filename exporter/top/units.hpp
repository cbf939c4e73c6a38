// Figures as people read them, in few characters: 12.3 MB, 1.25k, 1.20 ms, 3 min. Unknown ones are "-".
#pragma once

#include <string>

#include "exporter/top/status.hpp"

namespace ganesha::exporter::top {

/// Three digits and a unit, at most 8 characters: "512 B", "999 kB", "12.3 MB".
std::string bytes(Number value);

/// At most 6 characters: "0", "0.25", "999", "1.25k", "12.3M".
std::string rate(Number value);

/// A time in seconds, at most 7 characters: "85 us", "1.20 ms", "2.50 s".
std::string latency(Number seconds);

/// How long, in its largest unit, at most 6 characters: "0 s", "59 s", "3 min", "2 h", "400 d".
std::string span(double seconds);

/// How long ago `then` was at `now`, as span().
std::string ago(Number then, double now);

/// A local point in time: the time of day, with the date unless it is that of `now`.
std::string moment(double time, double now);

}  // namespace ganesha::exporter::top
