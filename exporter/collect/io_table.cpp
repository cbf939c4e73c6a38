#include "exporter/collect/io_table.hpp"

#include <algorithm>
#include <iterator>

namespace ganesha::exporter {
namespace {

// Updates the detectors by `total`, and returns what may be served.
Measured measured(const dbus::BasicIO& total, DirectionDetectors& detectors) {
  const bool counted = total.operations > 0;
  detectors.requested.update(total.requested_bytes, counted);
  detectors.latency.update(total.latency_ns, counted);
  detectors.queue_wait.update(total.queue_wait_ns, counted);
  return {detectors.requested.measured(), detectors.latency.measured(), detectors.queue_wait.measured()};
}

}  // namespace

void MeasurementDetector::update(std::uint64_t sum, bool counted) {
  seen_ = seen_ || sum > 0;
  missed_ = missed_ || (counted && sum == 0);
}

void IoTableBuilder::add(std::size_t subject, std::string protocol, const dbus::BasicIO& read,
                         const dbus::BasicIO& write) {
  rows_.push_back({subject, std::move(protocol), read, write});
}

IoTable IoTableBuilder::finish(IoDetectors& detectors) && {
  unique_.add(std::move(rows_));
  dbus::BasicIO read, write;
  for (const auto& row : unique_) {
    read += row.read;
    write += row.write;
  }
  return {std::move(unique_), measured(read, detectors.read), measured(write, detectors.write)};
}

}  // namespace ganesha::exporter
