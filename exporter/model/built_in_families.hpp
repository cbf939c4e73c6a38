// THE table of the server's own page of metrics: one row for each family that a Ganesha is known to write,
// with our metric, or why it is left out. exporter/built_in reads pages by it; the metrics and
// docs/metrics.md are made from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace ganesha::exporter {

// As prometheus::MetricType, which this room does not know.
enum class BuiltInType : std::uint8_t { Counter, Gauge, Histogram };

// What the server counts in; ours are seconds, bytes and numbers.
enum class BuiltInUnit : std::uint8_t { same, milliseconds, microseconds, minutes };

// How the value of a label is made of the server's.
enum class BuiltInValue : std::uint8_t {
  same,
  lower_case,
  upper_case,
  export_id,              // export_id=7 is 7; found by the path if there is a path only
  path,                   // found by the export_id if there is none
  client,                 // by --collector.clients.*
  protocol_of_version,    // nfs3 is NFSv3
  protocol_of_procedure,  // NFS if both versions have it
  nfs,                    // always NFS
  nfsv4,                  // always NFSv4
  hit_or_miss,            // success is hit
};

struct BuiltInLabel {
  std::string_view name;    // ours
  std::string_view source;  // the server's
  BuiltInValue value = BuiltInValue::same;
};

struct BuiltInFamily {
  std::string_view source;  // the server's name
  BuiltInType type;
  std::string_view metric;  // ours; empty: left out
  // The first Ganesha whose source has it, or whose page was seen where its source was not: 15.2, 15.3. 16 is
  // whatever comes after.
  std::string_view since;
  std::vector<BuiltInLabel> labels;
  std::string_view text;  // help of the metric, or why the family is left out
  BuiltInUnit unit = BuiltInUnit::same;
  // If the page has this family, only series of NFSv3 are served: the other one counts NFSv4 by a switch of
  // its own, and two counters that begin and stop at different times must not be one series.
  std::string_view beside = {};
  // Of a family that is left out: the metric of DBus that shows it where the server has no bus.
  std::string_view without_bus = {};

  bool is_left_out() const { return metric.empty(); }
};

// Rows of one metric have the same labels and the same type; of series with equal labels that of the first
// row is served.
std::span<const BuiltInFamily> built_in_families();

// The index of the row of this name and type.
std::optional<std::size_t> find_built_in_family(std::string_view source, BuiltInType type);

}  // namespace ganesha::exporter
