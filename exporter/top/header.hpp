// What stands above the table: the server's state, its totals, the exporter, and what is wrong.
#pragma once

#include <chrono>

#include "exporter/top/columns.hpp"

namespace ganesha::exporter::top {

/// The latest status, and when it came.
struct StatusSnapshot {
  StatusReply status;   ///< the latest one that came
  double time = 0;      ///< when it came
  std::string trouble;  ///< why there is none newer; empty where nothing is wrong
};

/// Where the status comes from, and how often it is refreshed.
struct Origin {
  std::string address;
  std::chrono::milliseconds interval{};
};

enum class Refresh { running, paused };

/// Three lines of facts, the most important ones first: where it is narrow, the last of each are left out.
/// The fourth line says what is wrong; empty where nothing is.
std::vector<Line> header_lines(const StatusSnapshot& snapshot, const Origin& origin, Refresh refresh,
                               const RenderOptions& render, std::size_t columns);

/// As many of the spans as fit, two blanks between them.
Line joined_spans(const std::vector<Span>& spans, std::size_t columns);

}  // namespace ganesha::exporter::top
