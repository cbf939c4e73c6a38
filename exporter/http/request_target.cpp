#include "exporter/http/request_target.hpp"

#include <algorithm>

#include "exporter/base/text.hpp"

namespace ganesha::exporter {
namespace {

// What follows the host; the target itself where no scheme begins it.
std::string_view without_origin(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (to_lower(target.substr(0, scheme.size())) != scheme) continue;
    target.remove_prefix(scheme.size());
    return target.substr(std::min(target.find_first_of("/?"), target.size()));
  }
  return target;
}

}  // namespace

std::optional<RequestTarget> parse_request_target(std::string_view target) {
  if (target == "*") return RequestTarget{"*", ""};
  const auto local = without_origin(target);
  const bool is_absolute = local.size() < target.size();
  const auto mark = std::min(local.find('?'), local.size());
  const auto path = local.substr(0, mark);
  const bool has_no_path = is_absolute && path.empty();
  if (!has_no_path && !path.starts_with('/')) return std::nullopt;
  return RequestTarget{has_no_path ? "/" : std::string(path),
                       std::string(local.substr(std::min(mark + 1, local.size())))};
}

}  // namespace ganesha::exporter
