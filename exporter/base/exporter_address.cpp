#include "exporter/base/exporter_address.hpp"

namespace ganesha::exporter {
namespace {

constexpr std::string_view http = "http://", https = "https://";

bool has_port(std::string_view authority) {
  const auto colon = authority.rfind(':');
  return colon != authority.npos && authority.find(']', colon) == authority.npos;
}

std::optional<ExporterAddress> parse_url(std::string_view authority, Scheme scheme) {
  if (authority.ends_with('/')) authority.remove_suffix(1);
  std::string text(authority);
  if (!has_port(authority)) text += scheme == Scheme::https ? ":443" : ":80";
  auto at = parse_listen_address(text);
  if (!at || at->host.empty()) return std::nullopt;
  return ExporterAddress{std::move(*at), scheme};
}

}  // namespace

std::optional<ExporterAddress> parse_exporter_address(std::string_view text) {
  if (text.starts_with(http)) return parse_url(text.substr(http.size()), Scheme::http);
  if (text.starts_with(https)) return parse_url(text.substr(https.size()), Scheme::https);
  auto at = parse_listen_address(text);
  return at ? std::optional(ExporterAddress{std::move(*at), Scheme::http}) : std::nullopt;
}

}  // namespace ganesha::exporter
