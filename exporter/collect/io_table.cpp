#include "exporter/collect/io_table.hpp"

#include <algorithm>
#include <iterator>

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

void IoTableBuilder::add(std::vector<IoRow>&& rows) {
  if (rows_.empty())
    rows_ = std::move(rows);
  else
    std::ranges::move(rows, std::back_inserter(rows_));
}

IoTable IoTableBuilder::finish(MeasuredSoFar& so_far) && {
  sum_equal(rows_);
  dbus::BasicIO read, write;
  for (const auto& row : rows_) {
    read += row.read;
    write += row.write;
  }
  return {std::move(rows_), measured(read, so_far.read), measured(write, so_far.write)};
}

}  // namespace ganesha::exporter
