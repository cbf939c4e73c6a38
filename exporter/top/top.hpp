// `ganesha_exporter top`: main.cpp calls it with the flags.
#pragma once

#include "exporter/http/client_settings.hpp"
#include "exporter/model/top_options.hpp"

namespace ganesha::exporter::top {

/// Shows the tables of the exporter at `settings` until the person quits, or prints them. Returns the exit
/// code; throws std::runtime_error, with a text of one line, when the exporter cannot be reached.
int run(const TopOptions& flags, const ClientSettings& settings);

}  // namespace ganesha::exporter::top
