// Where a running exporter is asked, as the flag --exporter gives it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "exporter/base/listen_address.hpp"

namespace ganesha::exporter {

enum class Scheme { http, https };

struct ExporterAddress {
  ListenAddress at;
  Scheme scheme = Scheme::http;
  bool operator==(const ExporterAddress&) const = default;
};

/// `host:port`, `http://host:port`, `https://host:port` (without a port: 80 and 443, as in any URL), or
/// `unix:/path`.
std::optional<ExporterAddress> parse_exporter_address(std::string_view text);

}  // namespace ganesha::exporter
