#include "exporter/built_in/page_outline.hpp"

#include <algorithm>

namespace ganesha::exporter {

PageOutline outline_of(const std::vector<SourceFamily>& families) {
  PageOutline outline;
  for (const auto& one : families) outline.families.emplace_back(one.name);
  if (!families.empty()) {
    outline.last = families.back().name;
    outline.series_of_last = families.back().series.size();
  }
  std::ranges::sort(outline.families);
  return outline;
}

std::optional<std::string> missing_since(const PageOutline& before, const PageOutline& now) {
  for (const auto& name : before.families)
    if (!std::ranges::binary_search(now.families, name)) return "it ends before the family " + name;
  if (now.last == before.last && now.series_of_last < before.series_of_last)
    return "it ends within the family " + now.last;
  return std::nullopt;
}

}  // namespace ganesha::exporter
