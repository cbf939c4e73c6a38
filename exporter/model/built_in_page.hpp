// The server's own page of metrics (its built-in monitoring), read and mapped to our names: plain values,
// immutable once made. exporter/built_in makes it, the metrics read it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dbus/time.hpp"

namespace ganesha::exporter {

struct BuiltInHistogram {
  std::vector<double> bounds;         // upper bounds in our unit, ascending, without +Inf
  std::vector<std::uint64_t> counts;  // cumulative: one a bound, and the last one is +Inf's
  double sum = 0;                     // in our unit
};

struct BuiltInSample {
  std::vector<std::string> labels;  // values, in the order of the labels of the family's row
  double value = 0;
  std::optional<BuiltInHistogram> histogram;  // of histograms, instead of the value
};

// What two pages of one server are compared by.
struct PageOutline {
  std::vector<std::string> families;  // names, sorted; those that are not shown too
  std::string last;                   // the last family of the page
  std::size_t series_of_last = 0;
};

struct BuiltInPage {
  // By the index of the row of built_in_families(); those that are left out stay empty.
  std::vector<std::vector<BuiltInSample>> families;
  std::vector<std::string> unknown;  // families that no row names, in the order of the page
  // Families that DBus knows better are there too, and exports are selected. Where there is a bus all exports
  // of the page are there, of which the snapshot's list of exports selects.
  bool without_bus = false;
  std::size_t dropped = 0;  // exports and clients left out because of their limits
  PageOutline outline;
  dbus::WallTime taken{};  // when it was fetched
};

using BuiltInPagePtr = std::shared_ptr<const BuiltInPage>;

}  // namespace ganesha::exporter
