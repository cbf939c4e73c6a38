#include "exporter/io_table.hpp"

namespace ganesha::exporter {
namespace {

// Remembers what `total` shows, and returns what may be served: all of it while nothing was counted.
Measured measured(const dbus::BasicIO& total, Measured& so_far) {
  so_far.requested |= total.requested_bytes > 0;
  so_far.latency |= total.latency_ns > 0;
  so_far.queue_wait |= total.queue_wait_ns > 0;
  const bool nothing_counted = total.operations == 0;
  return {so_far.requested || nothing_counted, so_far.latency || nothing_counted,
          so_far.queue_wait || nothing_counted};
}

}  // namespace

void IoTableBuilder::add(std::size_t subject, std::string protocol, const dbus::BasicIO& read,
                         const dbus::BasicIO& write) {
  auto& [read_sum, write_sum] = rows_[{subject, std::move(protocol)}];
  read_sum += read;
  write_sum += write;
}

IoTable IoTableBuilder::finish(MeasuredSoFar& so_far) && {
  IoTable table;
  table.rows.reserve(rows_.size());
  dbus::BasicIO read_total, write_total;
  for (auto& [key, io] : rows_) {
    read_total += io.first;
    write_total += io.second;
    table.rows.push_back({key.first, key.second, io.first, io.second});
  }
  table.read = measured(read_total, so_far.read);
  table.write = measured(write_total, so_far.write);
  return table;
}

}  // namespace ganesha::exporter
