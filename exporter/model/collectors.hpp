// The table of collectors: a row each, in the order in which they run.
// flags.cpp makes a flag of every row, poller and routes know them by index and name.
#pragma once

#include <array>
#include <bitset>
#include <string_view>

namespace ganesha::exporter {

struct CollectorInfo {
  std::string_view name, help;
  bool by_default;  // where one call a poll does it, or the calls follow from the clients that are active
};

inline constexpr std::array collectors{
    CollectorInfo{"server", "the server's version, grace period and state of statistics", true},
    CollectorInfo{"exports", "each export's I/O, last activity and paths", true},
    CollectorInfo{"clients", "each client's I/O and last activity", true},
    CollectorInfo{"client_ops", "each client's operations other than reads and writes", true},
    CollectorInfo{"client_procedures", "each client's calls by procedure", true},
    CollectorInfo{"export_details", "each export's operations other than reads and writes", false},
    CollectorInfo{"layouts", "pNFS layout operations of exports and clients", false},
    CollectorInfo{"delegations", "delegations granted to each client and recalled", false},
    CollectorInfo{"operations", "the server's operations by protocol", true},
    CollectorInfo{
        "procedures",
        "the server's calls by procedure; a NULL call of RQUOTA crashes servers that are asked for them",
        false},
    CollectorInfo{"procedures_detailed", "errors and latency by procedure", true},
    CollectorInfo{"auth", "requests to group cache, winbind and DNS", true},
    CollectorInfo{"mdcache", "the metadata cache", true},
    CollectorInfo{"fds", "open files against their limits; the server logs a line a NFSv4 client each time",
                  false},
    CollectorInfo{"fsal", "the file system's own operations, which GPFS alone counts", false},
    CollectorInfo{"drc", "the duplicate request caches", true},
    CollectorInfo{"ninep", "9P among the I/O of exports and clients", false},
};

/// Which rows of `collectors` run.
using CollectorSet = std::bitset<collectors.size()>;

/// The index of a collector; collectors.size() for a name that none has.
constexpr std::size_t collector_index(std::string_view name) {
  std::size_t i = 0;
  while (i < collectors.size() && collectors[i].name != name) ++i;
  return i;
}

}  // namespace ganesha::exporter
