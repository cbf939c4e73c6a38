// Recorded replies of a real server, for methods that the fake does not play: --recorded=VERSION adds those
// of tests/fixtures/wire/VERSION, or of a directory that `ganesha_exporter record` wrote, to the table of
// methods. Their figures stand still.
#pragma once

#include <string>
#include <vector>

#include "fake_methods.hpp"

namespace fake {

// Adds the methods and their replies to `world`. `version` may be an absolute path. Throws
// std::invalid_argument for a version that is not there.
void add_recorded(const std::string& version, World& world);

}  // namespace fake
