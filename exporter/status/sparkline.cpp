#include "exporter/status/sparkline.hpp"

#include <algorithm>
#include <cmath>

#include "exporter/status/rates.hpp"

namespace ganesha::exporter {
namespace {

constexpr int height = 16, step = 2;

int level(float value, float largest) {
  if (value <= 0 || largest <= 0) return 0;
  return std::max(1, static_cast<int>(std::lround(value / largest * height)));
}

}  // namespace

std::string sparkline(const std::vector<float>& values) {
  if (values.size() < 2) return {};
  constexpr int width = step * static_cast<int>(History::capacity - 1);
  const float largest = *std::ranges::max_element(values);
  const int start = width - step * static_cast<int>(values.size() - 1);
  int last = level(values.front(), largest);
  std::string path = "M" + std::to_string(start) + " " + std::to_string(height) + "v" + std::to_string(-last);
  path += "l";
  for (std::size_t i = 1; i < values.size(); ++i) {
    const int next = level(values[i], largest), down = last - next;
    path += (i > 1 ? " " : "") + std::to_string(step) + (down < 0 ? "" : " ") + std::to_string(down);
    last = next;
  }
  path += "V" + std::to_string(height);
  return "<svg viewBox=\"0 0 " + std::to_string(width) + " " + std::to_string(height) +
         "\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><path d=\"" + path + "\"/></svg>";
}

}  // namespace ganesha::exporter
