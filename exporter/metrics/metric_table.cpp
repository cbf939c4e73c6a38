#include "exporter/metrics/metric_table.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "exporter/metrics/scrape_metrics.hpp"
#include "exporter/metrics/server_metrics.hpp"
#include "exporter/metrics/subject_metrics.hpp"

namespace ganesha::exporter {
namespace {

SnapshotRows all_snapshot_rows() {
  SnapshotRows all;
  for (const auto part : {status_rows, export_rows, client_rows, operation_rows, cache_rows, fsal_rows,
                          drc_rows, built_in_rows})
    std::ranges::move(part(), std::back_inserter(all));
  add_built_in_samples(all);
  return all;
}

SnapshotRows rows_at(ClientDetail detail) {
  auto rows = all_snapshot_rows();
  std::erase_if(rows, [&](const auto& row) { return !row.detail[static_cast<std::size_t>(detail)]; });
  return rows;
}

CollectorSet collectors_of(std::span<const SnapshotRow> rows) {
  CollectorSet set;
  for (const auto& row : rows) set |= row.origin.collectors;
  return set;
}

}  // namespace

std::span<const SnapshotRow> ganesha_rows(ClientDetail detail) {
  static const std::array rows{rows_at(ClientDetail::full), rows_at(ClientDetail::io),
                               rows_at(ClientDetail::totals)};
  return rows[static_cast<std::size_t>(detail)];
}

CollectorSet useful_collectors(ClientDetail detail) {
  return collectors_of(ganesha_rows(detail)) | ~collectors_of(ganesha_rows());
}

bool is_of_clients(const SnapshotRow& row) {
  return row.labels == "client" || row.labels.starts_with("client, ");
}

CollectorSet collectors_of_clients(ClientDetail detail) {
  CollectorSet set;
  for (const auto& row : ganesha_rows(detail))
    if (is_of_clients(row)) set |= row.origin.collectors;
  return set;
}

std::span<const MetricRow<ScrapeState>> scrape_rows() {
  static const ScrapeRows rows = make_scrape_rows();
  return rows;
}

}  // namespace ganesha::exporter
