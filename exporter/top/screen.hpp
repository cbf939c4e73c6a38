// The whole screen as lines, and the same as plain text. Knows no terminal.
#pragma once

#include "exporter/top/header.hpp"

namespace ganesha::exporter::top {

struct Size {
  std::size_t columns = 0, lines = 0;
};

/// The table that the view is on.
const Table& shown(const View& view, const StatusReply& status);

/// How many rows of a table such a screen shows; at least one.
unsigned rows_in(Size size);

/// At most `size.lines` lines, none wider than `size.columns`.
std::vector<Line> screen(const View& view, const StatusSnapshot& snapshot, const Origin& origin,
                         const RenderOptions& render, Size size);

/// The header and the table; with `any_width` each column is as wide as it needs.
std::string plain(const View& view, const StatusSnapshot& snapshot, const Origin& origin,
                  const RenderOptions& render, std::size_t columns);

}  // namespace ganesha::exporter::top
