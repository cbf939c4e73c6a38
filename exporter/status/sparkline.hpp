// A small picture of values for the status page.
#pragma once

#include <string>
#include <vector>

namespace ganesha::exporter {

// SVG, oldest value first, as high as the largest value; empty for fewer than two. The text beside it says
// what it shows.
std::string sparkline(const std::vector<float>& values);

}  // namespace ganesha::exporter
