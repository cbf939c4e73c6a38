#include "exporter/base/http_url.hpp"

#include <algorithm>
#include <utility>

#include "exporter/base/exporter_address.hpp"

namespace ganesha::exporter {
namespace {

constexpr std::string_view scheme = "http://";

// Characters that need no escape in a request line, without `#`: a client does not send a fragment.
bool is_target_character(char c) { return c > ' ' && c < 0x7f && c != '#'; }

}  // namespace

std::optional<HttpUrl> parse_http_url(std::string_view text) {
  if (!text.starts_with(scheme)) return std::nullopt;
  const auto path = std::min(text.find_first_of("/?", scheme.size()), text.size());
  auto address = parse_exporter_address(text.substr(0, path));
  if (!address || address->at.port == 0) return std::nullopt;
  HttpUrl url{std::move(address->at.host), address->at.port};
  const auto target = text.substr(path);
  if (target.empty()) return url;
  if (target.front() != '/' || !std::ranges::all_of(target, is_target_character)) return std::nullopt;
  url.target = target;
  return url;
}

std::string text_of(const HttpUrl& url) {
  return std::string(scheme) + host_and_port(url.host, url.port) + url.target;
}

}  // namespace ganesha::exporter
