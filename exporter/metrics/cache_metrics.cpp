// The metadata cache, file descriptors and duplicate request caches.
#include "exporter/metrics/server_metrics.hpp"
#include "exporter/model/sample_values.hpp"

namespace ganesha::exporter {
namespace {

using dbus::DrcInfo;
using dbus::MdCache;

// One field of a reply that is a single record.
template <class Record>
auto value(std::optional<Record> Snapshot::*record, std::uint64_t Record::*field) {
  return [record, field](const Snapshot& s, Samples& out) {
    if (s.*record) out.add({}, to_sample((*(s.*record)).*field));
  };
}

// A field of the metadata cache that is reported since 3.3, together with the system's limit.
auto value_since_3_3(std::uint64_t MdCache::*field) {
  return [field](const Snapshot& s, Samples& out) {
    if (s.mdcache && s.mdcache->system_limit) out.add({}, to_sample((*s.mdcache).*field));
  };
}

void open_fds(const Snapshot& s, Samples& out) {
  if (s.mdcache && s.mdcache->system_limit) out.add({{"kind", "fsal"}}, to_sample(s.mdcache->fsal_fds));
  if (s.fds) out.add({{"kind", "global"}}, to_sample(s.fds->global_fds));
}

void fd_limits(const Snapshot& s, Samples& out) {
  const auto system = s.fds       ? std::optional(s.fds->system_limit)
                      : s.mdcache ? s.mdcache->system_limit
                                  : std::nullopt;
  if (system) out.add({{"limit", "system"}}, to_sample(*system));
  if (!s.fds) return;
  out.add({{"limit", "low_mark"}}, to_sample(s.fds->low_mark));
  out.add({{"limit", "high_mark"}}, to_sample(s.fds->high_mark));
  out.add({{"limit", "hard"}}, to_sample(s.fds->hard_limit));
}

void fd_state(const Snapshot& s, Samples& out) {
  const auto state = s.fds ? s.fds->fd_state : s.mdcache ? s.mdcache->fd_state : std::string_view{};
  if (state.empty()) return;
  for (const std::string_view one : {"below_low", "below_high", "above_high", "hard_limit"})
    out.add({{"state", one}}, bool_sample(one == state));
}

constexpr std::string_view mdcache_methods = "ShowMDCache; ShowCacheInode before 5.0";
constexpr auto mdcache_collector = set_of({CollectorId::mdcache});
constexpr Origin mdcache{mdcache_collector, mdcache_methods, "2.5"};
constexpr Origin mdcache_3_3{mdcache_collector, mdcache_methods, "3.3"};
constexpr Origin fds{set_of({CollectorId::mdcache, CollectorId::fds}), "ShowMDCache, ShowFDUsage", "3.3"};
constexpr Origin drc{set_of({CollectorId::drc}), "get_drc_info", "7.0"};

}  // namespace

// clang-format off
SnapshotRows cache_rows() {
  return {
    {"ganesha_mdcache_hits_total", counter, mdcache, "",
     "Metadata cache hits. The misses, and the hits that belong to them, are those of the collector built_in.",
     value(&Snapshot::mdcache, &MdCache::hits)},
    {"ganesha_mdcache_adds_total", counter, mdcache, "",
     "Entries added to the metadata cache.", value(&Snapshot::mdcache, &MdCache::adds)},
    {"ganesha_mdcache_mappings_total", counter, mdcache, "",
     "Mappings of metadata cache entries to exports that were created.",
     value(&Snapshot::mdcache, &MdCache::mappings)},
    {"ganesha_mdcache_entries", gauge, mdcache_3_3, "",
     "Current number of entries in the metadata cache.", value_since_3_3(&MdCache::entries)},
    {"ganesha_mdcache_chunks", gauge, mdcache_3_3, "",
     "Current number of directory chunks in the metadata cache.", value_since_3_3(&MdCache::chunks)},
    {"ganesha_open_fds", gauge, fds, "kind",
     "Files that the server holds open, except those of a client's open or lock state: "
     "the server's count of these never decreases.", open_fds},
    {"ganesha_fd_limit", gauge, fds, "limit",
     "File descriptor limits: the system limit, and the marks at which the server closes idle files.",
     fd_limits},
    {"ganesha_fd_state", gauge, fds, "state",
     "File descriptor state: 1 for the current state, 0 for the others.", fd_state},
  };
}

SnapshotRows drc_rows() {
  return {
    {"ganesha_drc_entries", gauge, drc, "",
     "Entries in all duplicate request caches.", value(&Snapshot::drc, &DrcInfo::entries)},
    {"ganesha_drcs", gauge, drc, "",
     "Number of duplicate request caches.", value(&Snapshot::drc, &DrcInfo::drcs)},
    {"ganesha_inactive_drcs", gauge, drc, "",
     "Number of duplicate request caches without a connection.",
     value(&Snapshot::drc, &DrcInfo::inactive_drcs)},
  };
}
// clang-format on

}  // namespace ganesha::exporter
