// The server's own page of metrics: a row for each metric of the table in model/built_in_families.hpp.
#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "exporter/base/text.hpp"
#include "exporter/metrics/server_metrics.hpp"
#include "exporter/model/built_in_families.hpp"
#include "exporter/model/sample_values.hpp"

namespace ganesha::exporter {
namespace {

constexpr auto built_in = set_of({CollectorId::built_in});
constexpr Origin of_exporter{built_in, "exporter", any_version};

// The rows of the table that one metric is made of.
struct BuiltInMetric {
  std::vector<std::size_t> families;
  std::string sources;  // their names
};

// In the order of the table.
const std::vector<BuiltInMetric>& built_in_metrics() {
  static const auto metrics = [] {
    std::vector<BuiltInMetric> made;
    std::map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < built_in_families().size(); ++i) {
      const auto& row = built_in_families()[i];
      if (row.is_left_out()) continue;
      const auto [place, is_new] = places.emplace(row.metric, made.size());
      if (is_new) made.emplace_back();
      auto& metric = made[place->second];
      metric.families.push_back(i);
      metric.sources.append(metric.sources.empty() ? "" : ", ").append(row.source);
    }
    return made;
  }();
  return metrics;
}

const BuiltInFamily& first_row(const BuiltInMetric& metric) {
  return built_in_families()[metric.families.front()];
}

std::string label_names(const BuiltInFamily& row) {
  std::vector<std::string> names;
  for (const auto& label : row.labels) names.emplace_back(label.name);
  return joined(names, ", ");
}

prometheus::MetricType type_of(BuiltInType type) {
  switch (type) {
    case BuiltInType::Counter:
      return counter;
    case BuiltInType::Gauge:
      return gauge;
    case BuiltInType::Histogram:
      break;
  }
  return histogram;
}

using Paths = std::map<std::string_view, std::string_view>;

// Of the exports that are shown, as DBus reports them, by id.
Paths paths_of(const Snapshot& s) {
  Paths paths;
  if (s.exports)
    for (const auto& one : *s.exports) paths.emplace(one.id, one.path);
  return paths;
}

Labels labels_of(const BuiltInFamily& row, const BuiltInSample& sample) {
  Labels labels;
  for (std::size_t i = 0; i < row.labels.size(); ++i)
    labels.push_back({row.labels[i].name, sample.labels[i]});
  return labels;
}

bool is_by_export(const BuiltInFamily& row) {
  return !row.labels.empty() && row.labels.front().value == BuiltInValue::export_id;
}

// Gives the labels of an export the path that its other metrics have; false if it is not shown.
bool select_export(const Paths& shown, Labels& labels) {
  const auto found = shown.find(labels.front().second);
  if (found == shown.end()) return false;
  for (auto& [name, value] : labels)
    if (name == "path") value = found->second;
  return true;
}

void add_family(std::size_t index, const Snapshot& s, Samples& out) {
  const auto& row = built_in_families()[index];
  const bool selects = is_by_export(row) && !s.built_in->without_bus;
  const auto shown = selects ? paths_of(s) : Paths();
  for (const auto& sample : s.built_in->families[index]) {
    auto labels = labels_of(row, sample);
    if (selects && !select_export(shown, labels)) continue;
    if (sample.histogram)
      out.add(labels, *sample.histogram);
    else
      out.add(labels, sample.value);
  }
}

SnapshotRow to_row(const BuiltInMetric& metric) {
  const auto& row = first_row(metric);
  return {std::string(row.metric),
          type_of(row.type),
          Origin{built_in, metric.sources, row.since},
          label_names(row),
          row.text,
          [&metric](const Snapshot& s, Samples& out) {
            if (!s.built_in) return;
            for (const auto index : metric.families) add_family(index, s, out);
          }};
}

void entries_dropped(const Snapshot& s, Samples& out) {
  if (s.built_in) out.add({}, to_sample(s.built_in->dropped));
}

// Of the families that have this metric where there is no bus: summed over the labels that the row does not
// have, as of clients at --collector.clients.detail=totals.
void add_without_bus(const std::vector<std::size_t>& families, const std::string& label_names,
                     const Snapshot& s, Samples& out) {
  if (!s.built_in) return;
  const auto names = split(label_names, ' ');
  const auto has = [&](std::string_view name) {
    return std::ranges::any_of(names,
                               [&](std::string_view one) { return one.substr(0, one.find(',')) == name; });
  };
  std::map<Labels, double> sums;
  for (const auto index : families)
    for (const auto& sample : s.built_in->families[index]) {
      auto labels = labels_of(built_in_families()[index], sample);
      labels.erase(
          std::remove_if(labels.begin(), labels.end(), [&](const Label& label) { return !has(label.first); }),
          labels.end());
      sums[labels] += sample.value;
    }
  for (const auto& [labels, value] : sums) out.add(labels, value);
}

std::vector<std::size_t> families_without_bus(std::string_view metric) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < built_in_families().size(); ++i)
    if (built_in_families()[i].without_bus == metric) found.push_back(i);
  return found;
}

}  // namespace

void add_built_in_samples(SnapshotRows& rows) {
  for (auto& row : rows) {
    auto families = families_without_bus(row.name);
    if (families.empty()) continue;
    row.without_bus = built_in;
    row.samples = [by_dbus = std::move(row.samples), of_page = std::move(families), labels = row.labels](
                      const Snapshot& s, Samples& out) {
      by_dbus(s, out);
      add_without_bus(of_page, labels, s, out);
    };
  }
}

SnapshotRows built_in_rows() {
  SnapshotRows rows;
  for (const auto& metric : built_in_metrics()) rows.push_back(to_row(metric));
  rows.push_back({"ganesha_exporter_built_in_entries_dropped", gauge, of_exporter, "",
                  "Number of exports and clients of the server's own page left out because of "
                  "--collector.exports.max and --collector.clients.max; 0 unless --dbus.address=none.",
                  entries_dropped});
  return rows;
}

}  // namespace ganesha::exporter
