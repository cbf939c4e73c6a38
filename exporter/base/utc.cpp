#include "exporter/base/utc.hpp"

#include <array>

namespace ganesha::exporter {

std::string utc_text(std::time_t when, const char* format) {
  std::tm parts{};
  gmtime_r(&when, &parts);
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format, &parts)};
}

}  // namespace ganesha::exporter
