// A table of exports or clients as lines of any width: where it is narrow, the least important columns go.
#pragma once

#include <limits>

#include "exporter/top/status.hpp"
#include "exporter/top/text.hpp"
#include "exporter/top/view.hpp"

namespace ganesha::exporter::top {

constexpr std::size_t any_width = std::numeric_limits<std::size_t>::max() / 2;

/// How a table is written: the time that "3 s ago" is told from, and the characters to use.
struct Form {
  double now = 0;
  Charset charset = Charset::utf8;
};

/// A line of titles, that of the sorting marked, and a line for each row, none wider than `columns`.
std::vector<Line> table_lines(const Table& table, TopTable kind, TopSort sort, const Form& form,
                              std::size_t columns);

}  // namespace ganesha::exporter::top
