// What stands above the table: the server's state, its totals, the exporter, and what is wrong.
#pragma once

#include <chrono>

#include "exporter/top/columns.hpp"

namespace ganesha::exporter::top {

/// What was found out, and when.
struct Report {
  Status status;        ///< the latest one that came
  double time = 0;      ///< when it came
  std::string trouble;  ///< why there is none newer; empty when there is nothing wrong
};

/// Where it comes from.
struct Source {
  std::string address;
  std::chrono::milliseconds interval{};
};

/// Three lines of facts, the most important ones first: where it is narrow, the last of each are left out.
/// The fourth line tells what is wrong; empty when nothing is.
std::vector<Line> header_lines(const Report& report, const Source& source, bool paused, const Form& form,
                               std::size_t columns);

/// As many of the spans as fit, two blanks between them.
Line joined(const std::vector<Span>& spans, std::size_t columns);

}  // namespace ganesha::exporter::top
