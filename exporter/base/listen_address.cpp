#include "exporter/base/listen_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>

#include "exporter/base/parse.hpp"

namespace ganesha::exporter {
namespace {

constexpr std::string_view unix_prefix = "unix:";

bool is_host_character(char c) {
  const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return alphanumeric || c == '.' || c == '-' || c == '_';
}

bool is_ipv6_character(char c) { return is_host_character(c) || c == ':' || c == '%'; }

bool all(std::string_view text, bool (*holds)(char)) { return std::all_of(text.begin(), text.end(), holds); }

std::optional<in6_addr> ipv6_address(std::string_view text) {
  in6_addr address{};
  if (::inet_pton(AF_INET6, std::string(text).c_str(), &address) != 1) return std::nullopt;
  return address;
}

// An IPv6 address, perhaps with the interface that it belongs to: fe80::1%eth0.
bool is_ipv6_host(std::string_view host) {
  const auto mark = host.find('%');
  const bool zone_is_empty = mark == host.size() - 1;
  return ipv6_address(host.substr(0, mark)) && !zone_is_empty && all(host, is_ipv6_character);
}

bool is_printable(char c) { return c > ' ' && c != 0x7f; }

std::optional<ListenAddress> unix_address(std::string_view path) {
  const bool names_a_file = path.starts_with('/') && !path.ends_with('/') && all(path, is_printable);
  return names_a_file ? std::optional(ListenAddress{"", 0, std::string(path)}) : std::nullopt;
}

}  // namespace

std::string host_and_port(const std::string& host, std::uint16_t port) {
  const bool is_ipv6 = host.find(':') != host.npos;
  return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string text_of(const ListenAddress& address) {
  return address.path.empty() ? host_and_port(address.host, address.port)
                              : std::string(unix_prefix) + address.path;
}

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
  // unix:80 is a host of that name.
  const bool is_unix = text.starts_with(unix_prefix) && text.find('/') != text.npos;
  if (is_unix) return unix_address(text.substr(unix_prefix.size()));
  const auto colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  const auto port = parse_number(text.substr(colon + 1), 0, 65535);
  if (!port) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const bool valid = bracketed ? is_ipv6_host(host) : all(host, is_host_character);
  if (!valid) return std::nullopt;
  return ListenAddress{std::string(host), static_cast<std::uint16_t>(*port)};
}

bool lacks_zone(const ListenAddress& address) {
  const auto ipv6 = ipv6_address(address.host);
  return ipv6 && IN6_IS_ADDR_LINKLOCAL(&*ipv6);
}

}  // namespace ganesha::exporter
