#include "exporter/built_in/histogram_lines.hpp"

#include <cmath>
#include <utility>

namespace ganesha::exporter {

std::optional<std::uint64_t> event_count(double value) {
  constexpr double exact_integers = 9007199254740992.0;  // 2^53
  const bool whole = value >= 0 && value <= exact_integers && value == std::floor(value);
  return whole ? std::optional(static_cast<std::uint64_t>(value)) : std::nullopt;
}

bool HistogramLines::add_bucket(double bound, double count) {
  const auto events = event_count(count);
  auto& [bounds, counts, sum] = histogram_;
  if (!events || infinite_ || std::isnan(bound)) return false;
  if (!counts.empty() && *events < counts.back()) return false;
  counts.push_back(*events);
  if (std::isinf(bound)) return infinite_ = bound > 0;
  const bool ascends = bounds.empty() || bound > bounds.back();
  bounds.push_back(bound);
  return ascends;
}

bool HistogramLines::add_sum(double sum) {
  if (sum_ || !std::isfinite(sum) || sum < 0) return false;
  sum_ = sum;
  return true;
}

bool HistogramLines::add_count(double count) {
  if (count_) return false;
  count_ = event_count(count);
  return count_.has_value();
}

std::optional<BuiltInHistogram> HistogramLines::finish() && {
  if (!sum_ || !count_ || !infinite_ || histogram_.counts.back() != *count_) return std::nullopt;
  histogram_.sum = *sum_;
  return std::move(histogram_);
}

}  // namespace ganesha::exporter
