// The running program: what its signals do, what the service manager is told, how it ends. main.cpp calls it.
#pragma once

#include "exporter/exporter.hpp"
#include "exporter/model/options.hpp"

namespace ganesha::exporter {

/// Serves until a signal ends it, with Ganesha in run mode; or prints one page. Returns the exit code. Throws
/// std::runtime_error at the start.
int run_exporter(const Options& flags, const Build& build);

}  // namespace ganesha::exporter
