#include "served_exports.hpp"

#include <algorithm>

#include "ganesha/missing_exports.hpp"

namespace ganesha {

std::vector<ConfiguredExport> countable_exports(const Config& config) {
  auto exports = config.exports;
  std::erase_if(exports, [](const auto& one) { return one.is_pseudo_root(); });
  return exports;
}

// The pseudo root that the server makes itself has the id 0.
bool serves_enough(const Config& config, const dbus::ExportList& served) {
  if (!config.unknown.empty() || countable_exports(config).empty()) return true;
  return std::any_of(served.exports.begin(), served.exports.end(),
                     [](const dbus::Export& one) { return one.id != 0; });
}

std::string none_served(const Config& config, const StartLines& lines) {
  const auto exports = countable_exports(config);
  std::string text = "none of the " + std::to_string(exports.size()) + " configured exports is served";
  if (exports.empty()) return text;
  const auto complaint = lines.complaint_about(exports.front().path);
  return text + "; the first missing: " + name_of(exports.front()) +
         (complaint.empty() ? "" : ": " + complaint);
}

}  // namespace ganesha
