// The lines of ganesha.nfsd in our own log. The supervisor passes them on.
#pragma once

#include <string>

#include "exporter/base/log.hpp"

namespace ganesha::exporter {

// Logs one line of the server, as bad as it says itself.
void log_server_line(Log& log, const std::string& line);

}  // namespace ganesha::exporter
