// The table of collectors: a row each, in the order in which they run. Code names a collector by its id;
// flags, parameters and metrics by its name.
#pragma once

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace ganesha::exporter {

enum class CollectorId : std::uint8_t {
  server,
  exports,
  clients,
  client_ops,
  client_procedures,
  export_details,
  layouts,
  delegations,
  operations,
  procedures,
  procedures_detailed,
  auth,
  mdcache,
  fds,
  fsal,
  drc,
  ninep,
  built_in,
};

struct CollectorInfo {
  CollectorId id;
  std::string_view name, help;
  bool by_default;  // on where a poll costs one call, or only calls for the clients that are active
};

inline constexpr auto collectors = std::to_array<CollectorInfo>({
    {CollectorId::server, "server", "the server's version, grace period and state of statistics", true},
    {CollectorId::exports, "exports", "each export's I/O, last activity and paths", true},
    {CollectorId::clients, "clients", "each client's I/O and last activity", true},
    {CollectorId::client_ops, "client_ops", "each client's operations other than reads and writes", true},
    {CollectorId::client_procedures, "client_procedures", "each client's calls by procedure", true},
    {CollectorId::export_details, "export_details", "each export's operations other than reads and writes",
     false},
    {CollectorId::layouts, "layouts", "pNFS layout operations of exports and clients", false},
    {CollectorId::delegations, "delegations", "delegations granted to each client and recalled", false},
    {CollectorId::operations, "operations", "the server's operations by protocol", true},
    {CollectorId::procedures, "procedures",
     "the server's calls by procedure; a NULL call of RQUOTA crashes servers that are polled for them",
     false},
    {CollectorId::procedures_detailed, "procedures_detailed", "errors and latency by procedure", true},
    {CollectorId::auth, "auth", "requests to group cache, winbind and DNS", true},
    {CollectorId::mdcache, "mdcache", "the metadata cache", true},
    {CollectorId::fds, "fds",
     "open files against their limits; the server logs one line per NFSv4 client and poll", false},
    {CollectorId::fsal, "fsal", "the file system's own operations, which GPFS alone counts", false},
    {CollectorId::drc, "drc", "the duplicate request caches", true},
    {CollectorId::ninep, "ninep", "9P among the I/O of exports and clients", false},
    {CollectorId::built_in, "built_in",
     "latency, results and more from the server's own page of metrics: --ganesha.metrics-url", false},
});

/// Which rows of `collectors` run.
using CollectorSet = std::bitset<collectors.size()>;

constexpr std::size_t index_of(CollectorId id) { return static_cast<std::size_t>(id); }

static_assert(std::ranges::all_of(collectors,
                                  [](const auto& it) { return &it == &collectors[index_of(it.id)]; }),
              "the rows are in the order of the ids");

/// The std::bitset that has these values of an enum.
template <class Bits, class Enum>
constexpr Bits bits_of(std::initializer_list<Enum> values) {
  unsigned long long bits = 0;
  for (const auto value : values) bits |= 1ULL << static_cast<std::size_t>(value);
  return bits;
}

constexpr CollectorSet set_of(std::initializer_list<CollectorId> ids) { return bits_of<CollectorSet>(ids); }

}  // namespace ganesha::exporter
