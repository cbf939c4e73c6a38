#include "exporter/top/spark.hpp"

#include <algorithm>
#include <cmath>

namespace ganesha::exporter::top {
namespace {

wchar_t bar(Number value, double largest, std::wstring_view bars) {
  if (!value) return L' ';
  if (*value <= 0) return bars.front();
  const double share = *value / largest;
  const auto height = std::lround(std::ceil(share * static_cast<double>(bars.size() - 1)));
  return bars[static_cast<std::size_t>(height)];
}

}  // namespace

std::wstring sparkline(const std::vector<Number>& history, std::size_t columns, Charset charset) {
  const std::wstring_view bars = charset == Charset::utf8 ? L"▁▂▃▄▅▆▇█" : L"_.:-=+*#";
  const auto shown = static_cast<std::ptrdiff_t>(std::min(columns, history.size()));
  double largest = 0;
  std::for_each(history.end() - shown, history.end(),
                [&](Number value) { largest = std::max(largest, value.value_or(0)); });
  std::wstring line(columns - static_cast<std::size_t>(shown), L' ');
  std::for_each(history.end() - shown, history.end(),
                [&](Number value) { line += bar(value, largest, bars); });
  return line;
}

}  // namespace ganesha::exporter::top
