#include "exporter/io_table.hpp"

#include <algorithm>
#include <tuple>

namespace ganesha::exporter {
namespace {

// Remembers what `total` shows, and returns what may be served.
Measured measured(const dbus::BasicIO& total, DirectionEvidence& so_far) {
  const bool counted = total.operations > 0;
  so_far.requested.take(total.requested_bytes, counted);
  so_far.latency.take(total.latency_ns, counted);
  so_far.queue_wait.take(total.queue_wait_ns, counted);
  return {so_far.requested.measured(), so_far.latency.measured(), so_far.queue_wait.measured()};
}

}  // namespace

void Evidence::take(std::uint64_t sum, bool counted) {
  seen_ = seen_ || sum > 0;
  missed_ = missed_ || (counted && sum == 0);
}

void IoTableBuilder::add(std::size_t subject, std::string protocol, const dbus::BasicIO& read,
                         const dbus::BasicIO& write) {
  rows_.push_back({subject, std::move(protocol), read, write});
}

IoTable IoTableBuilder::finish(MeasuredSoFar& so_far) && {
  const auto key = [](const IoRow& row) { return std::tie(row.subject, row.protocol); };
  std::ranges::sort(rows_, {}, key);
  IoTable table;
  table.rows.reserve(rows_.size());
  dbus::BasicIO read_total, write_total;
  for (auto& row : rows_) {
    read_total += row.read;
    write_total += row.write;
    if (table.rows.empty() || key(table.rows.back()) != key(row)) {
      table.rows.push_back(std::move(row));
      continue;
    }
    table.rows.back().read += row.read;
    table.rows.back().write += row.write;
  }
  table.read = measured(read_total, so_far.read);
  table.write = measured(write_total, so_far.write);
  return table;
}

}  // namespace ganesha::exporter
