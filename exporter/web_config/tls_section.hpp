// The section `tls_server_config`.
#pragma once

#include <filesystem>
#include <optional>

#include "exporter/http/tls_settings.hpp"
#include "exporter/web_config/yaml_value.hpp"

namespace ganesha::exporter {

/// Nothing where the section has neither certificate, key nor rule for clients: TLS is off. Files are
/// relative to `directory`. Throws std::runtime_error.
std::optional<TlsSettings> read_tls(const YamlValue& section, const std::filesystem::path& directory);

}  // namespace ganesha::exporter
