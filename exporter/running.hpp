// Runs the exporter: signals, messages to the service manager, the exit status. Called by main.cpp.
#pragma once

#include "exporter/exporter.hpp"
#include "exporter/model/options.hpp"

namespace ganesha::exporter {

/// Serves until a signal ends it, with Ganesha in run mode; or prints one page. Returns the exit code. Throws
/// std::runtime_error at the start.
int run_exporter(const Options& flags, const Build& build);

}  // namespace ganesha::exporter
