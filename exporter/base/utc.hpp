// Points in time as UTC text: log lines, HTTP headers and the status page write them.
#pragma once

#include <ctime>
#include <string>

namespace ganesha::exporter {

/// `format` is that of strftime(), such as "%Y-%m-%dT%H:%M:%S"; at most 63 characters come out.
std::string utc_text(std::time_t when, const char* format);

}  // namespace ganesha::exporter
