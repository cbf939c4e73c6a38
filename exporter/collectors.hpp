// The table of collectors: a row each, in the order in which they run.
// flags.cpp makes a flag of every row, poller and routes know them by index and name.
#pragma once

#include <array>
#include <bitset>
#include <string_view>

namespace ganesha::exporter {

struct CollectorInfo {
  std::string_view name, help;
  bool by_default;
};

inline constexpr std::array collectors{
    CollectorInfo{"server", "the server's version, grace period and state of statistics", true},
    CollectorInfo{"exports", "each export's I/O and last activity", true},
    CollectorInfo{"clients", "each client's I/O and last activity", true},
};

/// Which rows of `collectors` run.
using CollectorSet = std::bitset<collectors.size()>;

}  // namespace ganesha::exporter
