#include "exporter/web_config/web_config.hpp"

#include <stdexcept>
#include <string>
#include <utility>

#include "exporter/web_config/access_section.hpp"
#include "exporter/web_config/tls_section.hpp"
#include "exporter/web_config/yaml_value.hpp"

namespace ganesha::exporter {
namespace {

namespace fs = std::filesystem;

// In 256 KiB there is room for 3,000 users. The worst text of this size takes 0.1 s and 61 MiB to read.
constexpr std::size_t largest_config = 256 * 1024;
constexpr std::size_t largest_pem = 1024 * 1024;

YamlNode document(std::string_view text, const std::string& file) {
  try {
    return parse_yaml(text);
  } catch (const YamlError& error) {
    throw std::runtime_error(file + ':' + std::to_string(error.line) + ": " + error.what());
  }
}

void read_pem(const std::string& file, const char* key, WatchedFiles& files) {
  if (file.empty()) return;
  try {
    files.read(file, largest_pem);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(std::string(key) + ": " + error.what());
  }
}

}  // namespace

WebConfig parse_web_config(std::string_view text, const fs::path& file) {
  const std::string name = file.string();
  const fs::path directory = fs::absolute(file).parent_path();
  const YamlNode node = document(text, name);
  WebConfig config;
  YamlValue(node, name)
      .read({{"tls_server_config", [&](const YamlValue& value) { config.tls = read_tls(value, directory); }},
             {"http_server_config", [&](const YamlValue& value) { read_http(value, config.access); }},
             {"basic_auth_users", [&](const YamlValue& value) { read_users(value, config.access); }},
             {"rate_limit", [&](const YamlValue& value) { read_rate_limit(value, config.access); }}});
  return config;
}

WebConfig load_web_config(const fs::path& file, WatchedFiles& files) {
  WebConfig config = parse_web_config(files.read(file, largest_config), file);
  if (!config.tls) return config;
  read_pem(config.tls->cert_file, "cert_file", files);
  read_pem(config.tls->key_file, "key_file", files);
  read_pem(config.tls->client_ca_file, "client_ca_file", files);
  return config;
}

}  // namespace ganesha::exporter
