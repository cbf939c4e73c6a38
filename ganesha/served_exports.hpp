// Whether a server serves any of the exports that its configuration has. Ganesha::is_ready asks it.
#pragma once

#include <string>
#include <vector>

#include "dbus/records.hpp"
#include "ganesha/config.hpp"
#include "ganesha/start_lines.hpp"

namespace ganesha {

// Configured ones whose absence can be seen: the server has a pseudo root whether one is configured or not.
std::vector<ConfiguredExport> countable_exports(const Config& config);

// True where one export beside the pseudo root is served, whoever added it; also where the configuration has
// none, or could not be read as a whole.
bool serves_enough(const Config& config, const dbus::ExportList& served);

// "none of the 2 configured exports is served; the first missing: 77 (/srv): " and the server's own line
// about it.
std::string none_served(const Config& config, const StartLines& lines);

}  // namespace ganesha
