// Forwards the log lines of ganesha.nfsd to our own log. The supervisor calls it.
#pragma once

#include <string>

#include "exporter/base/log.hpp"

namespace ganesha::exporter {

// Logs one line of the server, with the level that it states.
void log_server_line(Log& log, const std::string& line);

}  // namespace ganesha::exporter
