// The command `ganesha_exporter top` and its flags. flags.cpp adds them; exporter/top does what they say.
#pragma once

#include "exporter/model/top_options.hpp"

namespace CLI {
class App;
}  // namespace CLI

namespace ganesha::exporter {

/// Adds the command; what `flags` holds are the defaults. The caller asks CLI11 whether it was given.
CLI::App* add_top(CLI::App& app, TopOptions& flags);

}  // namespace ganesha::exporter
