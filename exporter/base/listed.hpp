// Names for a log line or a page.
#pragma once

#include <string>
#include <vector>

namespace ganesha::exporter {

// `a, b, c and 7 more`: the first few alone.
std::string listed(const std::vector<std::string>& names);

}  // namespace ganesha::exporter
