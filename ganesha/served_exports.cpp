#include "served_exports.hpp"

#include <algorithm>

namespace ganesha {

std::size_t countable_exports(const Config& config) {
  const auto is_root = [](const ConfiguredExport& one) { return one.is_pseudo_root(); };
  const auto roots = std::count_if(config.exports.begin(), config.exports.end(), is_root);
  return config.exports.size() - static_cast<std::size_t>(roots);
}

// The pseudo root that the server makes itself has the id 0.
bool serves_enough(const Config& config, const dbus::ExportList& served) {
  if (!config.unknown.empty() || countable_exports(config) == 0) return true;
  return std::any_of(served.exports.begin(), served.exports.end(),
                     [](const dbus::Export& one) { return one.id != 0; });
}

}  // namespace ganesha
