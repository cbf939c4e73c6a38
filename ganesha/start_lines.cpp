#include "start_lines.hpp"

#include <algorithm>

namespace ganesha {
namespace {

constexpr std::size_t most_complaints = 100;

bool has(const std::string& line, std::string_view text) { return line.find(text) != line.npos; }

// Behind "EPOCH : host : program-pid[thread] function :COMPONENT :LEVEL :". The line as it is where it has
// another form.
std::string without_prefix(const std::string& line, std::string_view level) {
  const auto at = line.find(level);
  return at == line.npos ? line : line.substr(at + level.size());
}

}  // namespace

void StartLines::take(const std::string& line) {
  initialized_ |= has(line, "NFS SERVER INITIALIZED");
  if (name_refused_.empty() && (has(line, "server bus reg failed") || has(line, "dbus_bus_get failed") ||
                                has(line, "server failed becoming primary bus owner")))
    name_refused_ = without_prefix(line, ":CRIT :");
  if (has(line, " :CONFIG :CRIT :") && complaints_.size() < most_complaints) complaints_.push_back(line);
}

std::string StartLines::complaint_about(std::string_view export_path) const {
  const auto names_it = [=](const std::string& line) {
    return !export_path.empty() && line.find(export_path) != line.npos;
  };
  const auto names_a_place = [](const std::string& line) { return has(line, "Config File ("); };
  auto found = std::find_if(complaints_.begin(), complaints_.end(), names_it);
  if (found == complaints_.end()) found = std::find_if(complaints_.begin(), complaints_.end(), names_a_place);
  return found == complaints_.end() ? "" : *found;
}

}  // namespace ganesha
