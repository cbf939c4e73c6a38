// The sections `http_server_config`, `basic_auth_users` and `rate_limit`.
#pragma once

#include "exporter/http/access_settings.hpp"
#include "exporter/web_config/yaml_value.hpp"

namespace ganesha::exporter {

/// What each section says goes `into` the settings. They throw std::runtime_error.
void read_http(const YamlValue& section, AccessSettings& into);
void read_users(const YamlValue& section, AccessSettings& into);
void read_rate_limit(const YamlValue& section, AccessSettings& into);

}  // namespace ganesha::exporter
