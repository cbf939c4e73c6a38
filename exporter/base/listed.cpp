#include "exporter/base/listed.hpp"

#include "exporter/base/text.hpp"

namespace ganesha::exporter {

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t most = 10;
  if (names.size() <= most) return joined(names, ", ");
  const std::vector<std::string> first(names.begin(), names.begin() + most);
  return joined(first, ", ") + " and " + std::to_string(names.size() - most) + " more";
}

}  // namespace ganesha::exporter
