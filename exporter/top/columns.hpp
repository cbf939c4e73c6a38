// A table of exports or clients as lines of any width. The least important columns are left out first.
#pragma once

#include <limits>

#include "exporter/top/status_reply.hpp"
#include "exporter/top/text.hpp"
#include "exporter/top/view.hpp"

namespace ganesha::exporter::top {

constexpr std::size_t any_width = std::numeric_limits<std::size_t>::max() / 2;

/// How a table is written: the time for "3 s ago", and the characters to use.
struct RenderOptions {
  double now = 0;
  Charset charset = Charset::utf8;
};

/// A line of titles, the sort key marked, and a line for each row, none wider than `columns`.
std::vector<Line> table_lines(const Table& table, TopTable kind, TopSort sort, const RenderOptions& render,
                              std::size_t columns);

}  // namespace ganesha::exporter::top
