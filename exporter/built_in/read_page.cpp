#include "exporter/built_in/read_page.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "exporter/built_in/labels.hpp"
#include "exporter/built_in/page_outline.hpp"
#include "exporter/model/label_value.hpp"

namespace ganesha::exporter {
namespace {

double in_our_unit(BuiltInUnit unit, double value) {
  switch (unit) {
    case BuiltInUnit::milliseconds:
      return value / 1e3;
    case BuiltInUnit::microseconds:
      return value / 1e6;
    case BuiltInUnit::minutes:
      return value * 60;
    case BuiltInUnit::same:
      break;
  }
  return value;
}

// The server writes 8.64 as 8.640000000000001: our bounds have 9 digits behind the point, as nanoseconds.
double rounded(double bound) {
  constexpr double steps = 1e9;
  const double scaled = bound * steps;
  constexpr double exact_integers = 9007199254740992.0;  // 2^53
  return std::abs(scaled) < exact_integers ? std::round(scaled) / steps : bound;
}

bool strictly_ascends(const std::vector<double>& bounds) {
  return std::ranges::adjacent_find(bounds, std::greater_equal()) == bounds.end() &&
         (bounds.empty() || std::isfinite(bounds.back()));
}

// Nothing if two of them would become one.
std::optional<std::vector<double>> bounds_in_our_unit(BuiltInUnit unit, const std::vector<double>& bounds) {
  std::vector<double> exact, short_ones;
  for (const double bound : bounds) {
    exact.push_back(in_our_unit(unit, bound));
    short_ones.push_back(rounded(exact.back()));
  }
  if (strictly_ascends(short_ones)) return short_ones;
  return strictly_ascends(exact) ? std::optional(std::move(exact)) : std::nullopt;
}

// False if that cannot be done.
bool convert(BuiltInUnit unit, BuiltInSample& sample) {
  if (unit == BuiltInUnit::same) return true;
  sample.value = in_our_unit(unit, sample.value);
  if (!sample.histogram) return true;
  auto& histogram = *sample.histogram;
  histogram.sum = in_our_unit(unit, histogram.sum);
  auto bounds = bounds_in_our_unit(unit, histogram.bounds);
  if (bounds) histogram.bounds = std::move(*bounds);
  return bounds && std::isfinite(histogram.sum);
}

// False if the histograms have different buckets.
bool add(BuiltInSample& sum, const BuiltInSample& more) {
  sum.value += more.value;
  if (!sum.histogram) return true;
  auto& [bounds, counts, total] = *sum.histogram;
  if (bounds != more.histogram->bounds) return false;
  total += more.histogram->sum;
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += more.histogram->counts[i];
  return true;
}

std::size_t bytes_of(const std::vector<std::string>& labels) {
  std::size_t bytes = 0;
  for (const auto& one : labels) bytes += one.size();
  return bytes;
}

// The samples of one family; those with equal labels are summed in the server's unit, in which sums are
// whole.
PageResult<std::vector<BuiltInSample>> map_family(const BuiltInFamily& row, SourceFamily& family,
                                                  const ShownEntries& shown, LabelBudget& budget) {
  std::map<std::vector<std::string>, std::size_t> places;
  std::vector<BuiltInSample> samples;
  for (auto& series : family.series) {
    auto labels = shown.labels(row, series.labels);
    if (!labels) continue;
    BuiltInSample sample{std::move(*labels), series.value, std::move(series.histogram)};
    const auto [place, is_new] = places.emplace(sample.labels, samples.size());
    if (is_new && !budget.take(bytes_of(sample.labels))) return "its labels are too long together";
    if (is_new)
      samples.push_back(std::move(sample));
    else if (!add(samples[place->second], sample))
      return "histograms of " + std::string(family.name) + " have different buckets";
  }
  for (auto& sample : samples)
    if (!convert(row.unit, sample)) return "a histogram of " + std::string(family.name) + " is out of range";
  return samples;
}

// Of series that two families of the page have, that of the first row of the table is served.
void remove_repeated(std::vector<std::vector<BuiltInSample>>& families) {
  std::map<std::string_view, std::set<std::vector<std::string>>> seen;
  std::map<std::string_view, unsigned> sources;
  for (const auto& row : built_in_families()) ++sources[row.metric];
  for (std::size_t i = 0; i < families.size(); ++i) {
    const auto metric = built_in_families()[i].metric;
    if (metric.empty() || sources[metric] == 1) continue;
    std::erase_if(families[i], [&](const auto& one) { return !seen[metric].insert(one.labels).second; });
  }
}

bool is_shown(const BuiltInFamily& row, BesideBus beside) {
  return !row.is_left_out() || (beside == BesideBus::no && !row.without_bus.empty());
}

// The family that its row names is on the page.
bool has_other(const BuiltInFamily& row, const std::vector<SourceFamily>& families) {
  return !row.beside.empty() && std::ranges::any_of(families, [&](const auto& one) {
    return one.name == row.beside && !one.series.empty();
  });
}

void keep_v3_alone(const BuiltInFamily& row, std::vector<BuiltInSample>& samples) {
  const auto protocol = std::ranges::find(row.labels, "protocol", &BuiltInLabel::name) - row.labels.begin();
  const auto place = static_cast<std::size_t>(protocol);
  std::erase_if(samples, [place](const auto& one) { return one.labels.at(place) != "NFSv3"; });
}

}  // namespace

PageResult<BuiltInPage> read_page(std::string_view text, const Selection& selection, dbus::WallTime taken,
                                  BesideBus beside) {
  auto parsed = parse_text_format(text);
  if (!parsed) return parsed.error();
  const ShownEntries shown(*parsed, selection, taken, beside);
  LabelBudget budget;
  BuiltInPage page;
  page.taken = taken;
  page.without_bus = beside == BesideBus::no;
  page.dropped = shown.dropped();
  page.outline = outline_of(*parsed);
  page.families.resize(built_in_families().size());
  for (auto& family : *parsed) {
    const auto index = family.type ? find_built_in_family(family.name, *family.type) : std::nullopt;
    if (!index) {
      page.unknown.emplace_back(family.name);
      continue;
    }
    const auto& row = built_in_families()[*index];
    if (!is_shown(row, beside)) continue;
    auto samples = map_family(row, family, shown, budget);
    if (!samples) return samples.error();
    // The bytes of a direction are in one family; the other may have a 0 for it.
    if (row.is_left_out()) std::erase_if(*samples, [](const auto& one) { return one.value == 0; });
    if (has_other(row, *parsed)) keep_v3_alone(row, *samples);
    page.families[*index] = std::move(*samples);
  }
  remove_repeated(page.families);
  return page;
}

}  // namespace ganesha::exporter
