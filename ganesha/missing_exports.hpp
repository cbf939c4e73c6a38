// The exports of a ganesha.conf that a running server does not serve. The supervisor compares after each
// poll.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ganesha/config.hpp"

namespace ganesha {

// Those of `configured` whose id is not among `served`, the ids that ShowExports answered. One without an id
// is never served, nor is a second, different one of an id: the server takes the first.
std::vector<ConfiguredExport> missing_exports(const std::vector<ConfiguredExport>& configured,
                                              const std::vector<std::uint16_t>& served);

// `77 (/srv/data)`, as log lines and pages show it.
std::string name_of(const ConfiguredExport& one);

}  // namespace ganesha
