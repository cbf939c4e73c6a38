// The options of the command `ganesha_exporter top`. cli/top_flags.cpp fills them; exporter/top reads them.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>

namespace ganesha::exporter {

enum class TopTable { exports, clients };
enum class TopSort { throughput, operations, latency, errors, activity, name };

/// Their names in flags and in the status JSON, in the order of the enumerations.
constexpr std::array<const char*, 2> top_table_names{"exports", "clients"};
constexpr std::array<const char*, 6> top_sort_names{"throughput", "operations", "latency",
                                                    "errors",     "activity",   "name"};

struct TopOptions {
  std::chrono::milliseconds interval{2'000};
  bool batch = false;
  std::optional<unsigned> iterations;  ///< none: one for plain output, else no limit
  TopTable table = TopTable::exports;
  TopSort sort = TopSort::throughput;
  bool reverse = false;
  std::string filter;
  unsigned rows = 20;
  bool ascii = false;
};

}  // namespace ganesha::exporter
