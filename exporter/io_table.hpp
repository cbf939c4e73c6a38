// Builds an IoTable: sums rows with equal labels and decides which sums the server measures. Used by Source.
#pragma once

#include <map>
#include <string>

#include "exporter/snapshot.hpp"

namespace ganesha::exporter {

// What has been seen to be measured since Ganesha started: once an entry shows a sum, it stays shown.
struct MeasuredSoFar {
  Measured read;
  Measured write;
};

class IoTableBuilder {
 public:
  void add(std::size_t subject, std::string protocol, const dbus::BasicIO& read, const dbus::BasicIO& write);
  // The table, sorted by subject and protocol; updates `so_far`.
  IoTable finish(MeasuredSoFar& so_far) &&;

 private:
  std::map<std::pair<std::size_t, std::string>, std::pair<dbus::BasicIO, dbus::BasicIO>> rows_;
};

}  // namespace ganesha::exporter
