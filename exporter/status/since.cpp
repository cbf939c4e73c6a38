#include "exporter/model/stats_switch.hpp"
#include "exporter/status/report.hpp"

namespace ganesha::exporter {
namespace {

dbus::WallTime to_wall(dbus::Timestamp time) {
  const auto since_1970 = std::chrono::seconds(time.seconds) + std::chrono::nanoseconds(time.nanoseconds);
  return dbus::WallTime(std::chrono::duration_cast<dbus::WallTime::duration>(since_1970));
}

}  // namespace

Since since_of(const Snapshot* snapshot, dbus::WallTime seen) {
  if (!snapshot || !snapshot->stats) return {SinceKind::seen, seen};
  const auto* nfs = find_switch(*snapshot->stats, Statistic::nfs);
  const bool known = nfs && nfs->enabled && nfs->since != dbus::Timestamp{};
  return known ? Since{SinceKind::counting, to_wall(nfs->since)} : Since{SinceKind::seen, seen};
}

}  // namespace ganesha::exporter
