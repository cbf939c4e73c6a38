// The web configuration: exporter-toolkit's YAML file.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "exporter/http/access_settings.hpp"
#include "exporter/http/tls_settings.hpp"
#include "exporter/web_config/watched_files.hpp"

namespace ganesha::exporter {

struct WebConfig {
  std::optional<TlsSettings> tls;  ///< none: plain HTTP
  AccessSettings access;
  bool operator==(const WebConfig&) const = default;
};

/// The settings in `text`, which is the content of `file`. Throws std::runtime_error with one line that names
/// file, line and key. Reads no file.
WebConfig parse_web_config(std::string_view text, const std::filesystem::path& file);

/// Reads `file` alone. Throws std::runtime_error.
WebConfig read_web_config(const std::filesystem::path& file);

/// Reads `file`, and each file that it names to see that it can be read. Throws std::runtime_error. All of
/// them are in `files` then, also those that failed.
WebConfig load_web_config(const std::filesystem::path& file, WatchedFiles& files);

}  // namespace ganesha::exporter
