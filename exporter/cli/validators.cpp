#include "exporter/cli/validators.hpp"

#include <algorithm>

namespace ganesha::exporter {
namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.';
}

bool is_path_character(char c) { return c > ' ' && c < '\x7f' && c != '?' && c != '#' && c != '%'; }

bool all(std::string_view text, bool (*holds)(char)) { return std::all_of(text.begin(), text.end(), holds); }

}  // namespace

bool is_bus_name(std::string_view name) {
  constexpr std::size_t longest = 255;
  return name.size() <= longest && name.find('.') != name.npos && name.find("..") == name.npos &&
         name.front() != '.' && name.back() != '.' && all(name, is_name_character);
}

bool is_bus_path(std::string_view path) {
  const auto is_plain = [](char c) { return is_name_character(c) || c == '/'; };
  return path.starts_with('/') && !path.ends_with('/') && all(path, is_plain);
}

bool is_page_path(std::string_view path) {
  constexpr std::string_view taken[] = {"//", "/-/", "/api/", "/static/"};
  const auto begins_path = [path](std::string_view begin) { return path.starts_with(begin); };
  return path.starts_with('/') && path != "/" && path != "/-" && std::ranges::none_of(taken, begins_path) &&
         all(path, is_path_character);
}

bool is_allowed_host(std::string_view name) {
  if (name == "*") return true;
  const std::string_view host = name.starts_with("*.") ? name.substr(2) : name;
  return !host.empty() && host.front() != '.' && all(host, is_name_character);
}

}  // namespace ganesha::exporter
