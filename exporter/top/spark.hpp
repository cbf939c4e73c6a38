// A history as one line of little bars.
#pragma once

#include "exporter/top/status_reply.hpp"
#include "exporter/top/text.hpp"

namespace ganesha::exporter::top {

/// The latest `columns` of it, the newest at the right end; bars in proportion to the largest of them.
/// Nothing is a base line, the least of something stands out of it, what is not known is a blank.
std::wstring sparkline(const std::vector<Number>& history, std::size_t columns, Charset charset);

}  // namespace ganesha::exporter::top
