// The server's memory by component.
#include "exporter/metrics/server_metrics.hpp"
#include "exporter/model/sample_values.hpp"

namespace ganesha::exporter {
namespace {

using dbus::MemoryUse;

template <class Number>
auto memory(Number MemoryUse::*field) {
  return [field](const Snapshot& s, Samples& out) {
    if (!s.memory) return;
    for (const auto& one : *s.memory) out.add({{"component", one.component}}, to_sample(one.*field));
  };
}

constexpr Origin memory_stats{set_of({CollectorId::memory}), "GetMemoryStats", "15.2"};

}  // namespace

// clang-format off
SnapshotRows memory_rows() {
  return {
    {"ganesha_memory_active_bytes", gauge, memory_stats, "component",
     "Memory that a component of the server has allocated and not freed. "
     "Negative for a component that frees memory of another one.",
     memory(&MemoryUse::active_bytes)},
    {"ganesha_memory_peak_bytes", gauge, memory_stats, "component",
     "Maximum of the active memory of a component since the server was started.",
     memory(&MemoryUse::peak_bytes)},
    {"ganesha_memory_allocations_total", counter, memory_stats, "component",
     "Allocations of memory by a component.", memory(&MemoryUse::allocations)},
    {"ganesha_memory_frees_total", counter, memory_stats, "component",
     "Releases of memory by a component.", memory(&MemoryUse::frees)},
    {"ganesha_memory_allocated_bytes_total", counter, memory_stats, "component",
     "Memory that a component has allocated, freed or not.", memory(&MemoryUse::allocated_bytes)},
    {"ganesha_memory_freed_bytes_total", counter, memory_stats, "component",
     "Memory that a component has freed.", memory(&MemoryUse::freed_bytes)},
  };
}
// clang-format on

}  // namespace ganesha::exporter
