// The URL of a page that is fetched over plain HTTP, as the flag --ganesha.metrics-url gives it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ganesha::exporter {

struct HttpUrl {
  std::string host;  ///< a name or an address without brackets
  std::uint16_t port = 80;
  std::string target = "/metrics";  ///< the path with its query
  bool operator==(const HttpUrl&) const = default;
};

/// `http://host:port/path`, an IPv6 address in brackets. Without a port 80, without a path /metrics.
std::optional<HttpUrl> parse_http_url(std::string_view text);

/// With port and path.
std::string text_of(const HttpUrl& url);

}  // namespace ganesha::exporter
