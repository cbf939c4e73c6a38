// Builds an IoTable: sums rows with equal labels and decides which sums the server measures. Used by Source.
#pragma once

#include <string>
#include <vector>

#include "exporter/model/snapshot.hpp"

namespace ganesha::exporter {

// What the polls since Ganesha started have shown of a sum. While nothing was counted it is served as the 0
// that it is; found 0 although something was counted, it is left out until an entry shows otherwise.
class Evidence {
 public:
  void take(std::uint64_t sum, bool counted);
  bool measured() const { return seen_ || !missed_; }

 private:
  bool seen_ = false;
  bool missed_ = false;
};

struct DirectionEvidence {
  Evidence requested;
  Evidence latency;
  Evidence queue_wait;
};

struct MeasuredSoFar {
  DirectionEvidence read;
  DirectionEvidence write;
};

class IoTableBuilder {
 public:
  void add(std::size_t subject, std::string protocol, const dbus::BasicIO& read, const dbus::BasicIO& write);
  void add(std::vector<IoRow>&& rows);
  // The table, sorted by subject and protocol; updates `so_far`.
  IoTable finish(MeasuredSoFar& so_far) &&;

 private:
  std::vector<IoRow> rows_;
};

}  // namespace ganesha::exporter
