// `ganesha_exporter top`: main.cpp calls it with the flags.
#pragma once

#include "exporter/base/listen_address.hpp"
#include "exporter/model/top_options.hpp"

namespace ganesha::exporter::top {

/// Shows the tables of the exporter at `address` until the person quits, or prints them. Returns the exit
/// code; throws std::runtime_error, with a text of one line, when the exporter cannot be reached.
int run(const TopOptions& flags, const ListenAddress& address);

}  // namespace ganesha::exporter::top
