// Builds an IoTable and decides which sums the server measures. Used by the collectors exports and clients.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "exporter/model/snapshot.hpp"

namespace ganesha::exporter {

// Decides from the polls since Ganesha started whether the server measures a sum. While nothing was counted
// it is served as the 0 that it is; a sum of 0 although operations were counted is left out, until an entry
// has another value.
class MeasurementDetector {
 public:
  void update(std::uint64_t sum, bool counted);
  bool measured() const { return seen_ || !missed_; }

 private:
  bool seen_ = false;
  bool missed_ = false;
};

struct DirectionDetectors {
  MeasurementDetector requested;
  MeasurementDetector latency;
  MeasurementDetector queue_wait;
};

struct IoDetectors {
  DirectionDetectors read;
  DirectionDetectors write;
};

class IoTableBuilder {
 public:
  void add(std::size_t subject, std::string protocol, const dbus::BasicIO& read, const dbus::BasicIO& write);
  void add(UniqueRows<IoRow>&& rows) { unique_.merge(std::move(rows)); }
  // The table; updates `detectors`.
  IoTable finish(IoDetectors& detectors) &&;

 private:
  std::vector<IoRow> rows_;
  UniqueRows<IoRow> unique_;
};

}  // namespace ganesha::exporter
