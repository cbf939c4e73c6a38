// Puts the lines of one histogram together: _bucket, _sum and _count. Used by the text format's parser.
#pragma once

#include <optional>
#include <string_view>

#include "exporter/model/built_in_page.hpp"

namespace ganesha::exporter {

class HistogramLines {
 public:
  // False: the line contradicts those before it.
  bool add_bucket(double bound, double count);
  bool add_sum(double sum);
  bool add_count(double count);

  // Nothing unless it is whole: a sum, a count, and buckets in order that end with +Inf and with the count.
  std::optional<BuiltInHistogram> finish() &&;

 private:
  BuiltInHistogram histogram_;
  std::optional<double> sum_;
  std::optional<std::uint64_t> count_;
  bool infinite_ = false;
};

// A number of events: whole, not negative, and exact as a double.
std::optional<std::uint64_t> event_count(double value);

}  // namespace ganesha::exporter
