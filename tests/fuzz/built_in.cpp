// The server's own page of metrics.
#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "exporter/base/text.hpp"
#include "exporter/built_in/read_page.hpp"
#include "fuzz.hpp"

namespace {

using namespace ganesha::exporter;
using namespace ganesha::fuzz;

void check_histogram(const BuiltInHistogram& histogram) {
  expect(histogram.counts.size() == histogram.bounds.size() + 1, "there is a count for each bound and +Inf");
  expect(std::is_sorted(histogram.counts.begin(), histogram.counts.end()), "counts are cumulative");
  expect(std::ranges::adjacent_find(histogram.bounds, std::greater_equal()) == histogram.bounds.end(),
         "bounds ascend");
  expect(histogram.bounds.empty() || std::isfinite(histogram.bounds.back()), "+Inf is the last one alone");
}

void check_family(const BuiltInFamily& row, const std::vector<BuiltInSample>& samples) {
  std::set<std::vector<std::string>> series;
  for (const auto& sample : samples) {
    expect(series.insert(sample.labels).second, "no series is a duplicate");
    for (const auto& label : sample.labels) expect(is_utf8(label), "values of labels are UTF-8");
    expect(sample.labels.size() == row.labels.size(), "there is a value for each label");
    expect(sample.histogram.has_value() == (row.type == BuiltInType::Histogram), "histograms have buckets");
    if (sample.histogram) check_histogram(*sample.histogram);
    if (row.type == BuiltInType::Counter) expect(sample.value >= 0, "a counter is not negative");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto page = read_page(text_of(data, size), {});
  if (!page) {
    expect(!page.error().empty() && is_one_line(page.error()), "the error is one line");
    return 0;
  }
  for (std::size_t i = 0; i < page->families.size(); ++i)
    check_family(built_in_families()[i], page->families[i]);
  return 0;
}
