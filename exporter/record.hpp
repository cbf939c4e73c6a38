// The command `ganesha_exporter record DIR`: polls the server once and writes its replies, for a report of a
// bug. main.cpp calls it.
#pragma once

#include "exporter/model/options.hpp"

namespace ganesha::exporter {

// Returns the exit code. Throws std::runtime_error: DIR is in use or cannot be written, or no server answers.
int record(const Options& flags);

}  // namespace ganesha::exporter
