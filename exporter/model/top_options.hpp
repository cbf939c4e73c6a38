// What the flags of the command `ganesha_exporter top` say. cli/top_flags.cpp fills it; exporter/top does it.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>

#include "exporter/base/listen_address.hpp"

namespace ganesha::exporter {

enum class TopTable { exports, clients };
enum class TopSort { throughput, operations, latency, errors, activity, name };

/// As the flags and the exporter's status call them, in the order above.
constexpr std::array<const char*, 2> top_table_names{"exports", "clients"};
constexpr std::array<const char*, 6> top_sort_names{"throughput", "operations", "latency",
                                                    "errors",     "activity",   "name"};

struct TopOptions {
  std::optional<ListenAddress> exporter;  ///< none: where this machine's exporter listens
  std::chrono::milliseconds interval{2'000};
  bool batch = false;
  std::optional<unsigned> iterations;  ///< none: one where the output is plain, else no limit
  TopTable table = TopTable::exports;
  TopSort sort = TopSort::throughput;
  bool reverse = false;
  std::string filter;
  unsigned rows = 20;
  bool ascii = false;
};

}  // namespace ganesha::exporter
