#include "exporter/flag_values.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace ganesha::exporter {
namespace {

template <class Number>
std::optional<Number> parse_whole(std::string_view text) {
  Number number{};
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  if (error != std::errc{} || end != last) return std::nullopt;
  return number;
}

bool is_host_character(char c) {
  const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return alphanumeric || c == '.' || c == '-' || c == '_';
}

bool is_ipv6_character(char c) { return is_host_character(c) || c == ':' || c == '%'; }

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.';
}

bool is_path_character(char c) { return c > ' ' && c < '\x7f' && c != '?' && c != '#' && c != '%'; }

bool all(std::string_view text, bool (*holds)(char)) { return std::all_of(text.begin(), text.end(), holds); }

}  // namespace

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  const auto port = parse_number(text.substr(colon + 1), 0, 65535);
  if (!port) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const bool valid =
      bracketed ? host.find(':') != host.npos && all(host, is_ipv6_character) : all(host, is_host_character);
  if (!valid) return std::nullopt;
  return ListenAddress{std::string(host), static_cast<std::uint16_t>(*port)};
}

std::optional<unsigned> parse_number(std::string_view text, unsigned low, unsigned high) {
  const auto number = parse_whole<unsigned>(text);
  return number && *number >= low && *number <= high ? number : std::nullopt;
}

std::optional<double> parse_ratio(std::string_view text) {
  const auto number = parse_whole<double>(text);
  constexpr double least = 0.001;
  return number && *number >= least && *number <= 1 ? number : std::nullopt;
}

bool is_bus_name(std::string_view name) {
  constexpr std::size_t longest = 255;
  return name.size() <= longest && name.find('.') != name.npos && name.find("..") == name.npos &&
         name.front() != '.' && name.back() != '.' && all(name, is_name_character);
}

bool is_bus_address(std::string_view address) {
  const auto colon = address.find(':');
  return colon != address.npos && colon > 0 && address.find('=', colon) != address.npos;
}

bool is_page_path(std::string_view path) {
  constexpr std::string_view taken[] = {"//", "/-/", "/api/", "/static/"};
  const auto begins_path = [path](std::string_view begin) { return path.starts_with(begin); };
  return path.starts_with('/') && path != "/" && path != "/-" && std::ranges::none_of(taken, begins_path) &&
         all(path, is_path_character);
}

}  // namespace ganesha::exporter
