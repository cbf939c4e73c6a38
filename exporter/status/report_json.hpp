// The status as JSON, for GET /api/v1/status. Called on the worker.
#pragma once

#include <string>

#include "exporter/status/report.hpp"

namespace ganesha::exporter {

// One object and a newline. Times are Unix seconds, the rest seconds and per second; null is not known.
std::string status_json(const StatusReport& report);

}  // namespace ganesha::exporter
