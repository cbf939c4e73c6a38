#include "missing_exports.hpp"

#include <algorithm>
#include <map>

namespace ganesha {

std::vector<ConfiguredExport> missing_exports(const std::vector<ConfiguredExport>& configured,
                                              const std::vector<std::uint16_t>& served) {
  std::map<std::uint16_t, const ConfiguredExport*> first;
  const auto is_served = [&](const ConfiguredExport& one) {
    if (!one.id || std::find(served.begin(), served.end(), *one.id) == served.end()) return false;
    return *first.emplace(*one.id, &one).first->second == one;
  };
  std::vector<ConfiguredExport> missing;
  for (const auto& one : configured)
    if (!is_served(one)) missing.push_back(one);
  return missing;
}

std::string name_of(const ConfiguredExport& one) {
  const auto id = one.id ? std::to_string(*one.id) : "without a valid Export_Id";
  return one.path.empty() ? id : id + " (" + one.path + ")";
}

}  // namespace ganesha
