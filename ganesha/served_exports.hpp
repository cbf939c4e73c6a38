// Whether a server serves any of the exports that its configuration has. Ganesha::is_ready asks it.
#pragma once

#include <cstddef>

#include "dbus/records.hpp"
#include "ganesha/config.hpp"

namespace ganesha {

// Configured ones whose absence can be seen: the server has a pseudo root whether one is configured or not.
std::size_t countable_exports(const Config& config);

// True where one export beside the pseudo root is served, whoever added it; also where the configuration has
// none, or could not be read as a whole.
bool serves_enough(const Config& config, const dbus::ExportList& served);

}  // namespace ganesha
