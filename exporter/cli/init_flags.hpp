// The flags of process 1: in a container that is the exporter, which a command that was started beside it
// wants to reach. main.cpp asks for them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "exporter/model/options.hpp"

namespace ganesha::exporter {

struct InitFlags {
  std::optional<Options> options;  ///< of the exporter that serves; empty: process 1 is something else
  std::string problem;             ///< why they are not known, or not all of them; empty: they are
};

/// Reads the command line of process 1 and, for the address, its environment. `process` is its directory in
/// /proc.
InitFlags flags_of_init(const std::filesystem::path& process = "/proc/1");

}  // namespace ganesha::exporter
