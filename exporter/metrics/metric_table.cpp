#include "exporter/metrics/metric_table.hpp"

#include <algorithm>
#include <iterator>

#include "exporter/metrics/scrape_metrics.hpp"
#include "exporter/metrics/server_metrics.hpp"
#include "exporter/metrics/subject_metrics.hpp"

namespace ganesha::exporter {
namespace {

SnapshotRows all_snapshot_rows() {
  SnapshotRows all;
  for (const auto part :
       {status_rows, export_rows, client_rows, operation_rows, cache_rows, fsal_rows, drc_rows})
    std::ranges::move(part(), std::back_inserter(all));
  return all;
}

}  // namespace

std::span<const SnapshotRow> ganesha_rows() {
  static const SnapshotRows rows = all_snapshot_rows();
  return rows;
}

std::span<const MetricRow<ScrapeState>> scrape_rows() {
  static const ScrapeRows rows = make_scrape_rows();
  return rows;
}

}  // namespace ganesha::exporter
