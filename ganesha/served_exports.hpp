// Whether a server serves any of its configured exports. Ganesha::is_ready() calls it.
#pragma once

#include <string>
#include <vector>

#include "dbus/records.hpp"
#include "ganesha/config.hpp"
#include "ganesha/start_lines.hpp"

namespace ganesha {

// Configured ones whose absence can be seen: the server has a pseudo root whether one is configured or not.
std::vector<ConfiguredExport> countable_exports(const Config& config);

// True if an export beside the pseudo root is served, configured or added later; also if the configuration
// has none, or could not be read completely.
bool serves_enough(const Config& config, const dbus::ExportList& served);

// "none of the 2 configured exports is served; the first missing: 77 (/srv): " and the server's log line
// about it.
std::string none_served(const Config& config, const StartLines& lines);

}  // namespace ganesha
