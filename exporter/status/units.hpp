// Figures as a person reads them. Used by the status page.
#pragma once

#include <string>

#include "dbus/time.hpp"

namespace ganesha::exporter {

// Three digits are enough for the eye.
std::string bytes_per_second(double value);  // "1.23 MB/s": powers of 1000
std::string per_second(double value);        // "1,234", "12.3", "0.4"
std::string latency(double seconds);         // "1.23 ms", "340 µs"
std::string span(double seconds);            // "4 s", "5 min 3 s", "2 h 5 min", "3 d 4 h"
std::string ago(double seconds);             // "4 s ago", "just now"
std::string number(std::size_t value);       // "12,345"
std::string utc(double unix_seconds);        // "2026-11-24 12:03:11 UTC"

}  // namespace ganesha::exporter
