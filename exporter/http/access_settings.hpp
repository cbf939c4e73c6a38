// Who may read the pages, and what is added to each response: exporter-toolkit's `basic_auth_users`,
// `rate_limit` and `http_server_config.headers`.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ganesha::exporter {

/// A bucket of tokens: one is added each `interval`, up to `burst`; a request takes one.
struct RateLimit {
  std::chrono::milliseconds interval{0};
  unsigned burst = 0;
  bool operator==(const RateLimit&) const = default;
};

struct AccessSettings {
  std::map<std::string, std::string> users;  ///< name and bcrypt hash; empty: no password is needed
  std::optional<RateLimit> rate_limit;
  std::vector<std::pair<std::string, std::string>> headers;
  bool operator==(const AccessSettings&) const = default;
};

}  // namespace ganesha::exporter
