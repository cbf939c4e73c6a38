// The web configuration: the text of its file.
#include "exporter/web_config/web_config.hpp"

#include <stdexcept>

#include "exporter/base/duration.hpp"
#include "exporter/base/log.hpp"
#include "exporter/http/bcrypt.hpp"
#include "fuzz.hpp"

namespace {

using namespace ganesha::exporter;
using namespace ganesha::fuzz;

const std::string file = "/etc/web.yml";

void check_error(std::string_view text) {
  expect(is_one_line(text), "an error is one line");
  expect(text.starts_with(file + ":"), "an error names the file and the line");
  expect(text.size() < 2'000, "an error is bounded");
}

void check_tls(const TlsSettings& tls) {
  expect(tls.cert.empty() != tls.cert_file.empty(), "there is one certificate");
  expect(tls.key.empty() != tls.key_file.empty(), "there is one key");
  expect(tls.client_ca.empty() || tls.client_ca_file.empty(), "there is at most one CA");
  for (const auto& path : {tls.cert_file, tls.key_file, tls.client_ca_file})
    expect(path.empty() || path.starts_with('/'), "a path is absolute");
  expect(tls.min_version <= tls.max_version, "versions are a range");
}

void check_access(const AccessSettings& access) {
  for (const auto& [user, hash] : access.users) {
    expect(usable_hash(hash), "a user has a usable hash");
    expect(user.find(':') == user.npos, "a user can send the name");
  }
  for (const auto& [name, value] : access.headers) expect(is_one_line(value), "a header is one line");
  if (access.rate_limit) expect(access.rate_limit->interval.count() > 0, "a limit has an interval");
}

// The same settings as YAML.

std::string line(std::string_view key, const std::string& value) {
  return value.empty() ? "" : "  " + std::string(key) + ": " + quote(value) + "\n";
}

std::string list(std::string_view key, const std::vector<std::string>& values) {
  if (values.empty()) return "";
  std::string text = "  " + std::string(key) + ":\n";
  for (const auto& value : values) text += "    - " + quote(value) + "\n";
  return text;
}

std::string name_of(ClientAuth auth) {
  constexpr const char* names[] = {"NoClientCert", "RequestClientCert", "RequireAnyClientCert",
                                   "VerifyClientCertIfGiven", "RequireAndVerifyClientCert"};
  return names[static_cast<std::size_t>(auth)];
}

std::string name_of(TlsVersion version) { return version == TlsVersion::tls12 ? "TLS12" : "TLS13"; }

std::vector<std::string> names_of(const std::vector<Curve>& curves) {
  constexpr const char* names[] = {"X25519", "CurveP256", "CurveP384", "CurveP521"};
  std::vector<std::string> all;
  for (const Curve curve : curves) all.emplace_back(names[static_cast<std::size_t>(curve)]);
  return all;
}

std::string written(const TlsSettings& tls) {
  return "tls_server_config:\n" + line("cert", tls.cert) + line("cert_file", tls.cert_file) +
         line("key", tls.key) + line("key_file", tls.key_file) + line("client_ca", tls.client_ca) +
         line("client_ca_file", tls.client_ca_file) + line("client_auth_type", name_of(tls.client_auth)) +
         list("client_allowed_sans", tls.client_allowed_sans) +
         line("min_version", name_of(tls.min_version)) + line("max_version", name_of(tls.max_version)) +
         list("cipher_suites", tls.cipher_suites) +
         list("curve_preferences", names_of(tls.curve_preferences));
}

std::string written(const AccessSettings& access) {
  std::string text = "http_server_config:\n  headers: {";
  for (const auto& [name, value] : access.headers) text += name + ": " + quote(value) + ", ";
  text += "}\nbasic_auth_users: {";
  for (const auto& [user, hash] : access.users) text += quote(user) + ": " + quote(hash) + ", ";
  text += "}\n";
  if (access.rate_limit)
    text += "rate_limit:\n  interval: " + format_duration(access.rate_limit->interval) +
            "\n  burst: " + std::to_string(access.rate_limit->burst) + "\n";
  return text;
}

void check_round_trip(const WebConfig& config) {
  const std::string text = (config.tls ? written(*config.tls) : "") + written(config.access);
  expect(parse_web_config(text, file) == config, "settings are read as they are written");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  WebConfig config;
  try {
    config = parse_web_config(text_of(data, size), file);
  } catch (const std::runtime_error& error) {
    check_error(error.what());
    return 0;
  }
  if (config.tls) check_tls(*config.tls);
  check_access(config.access);
  check_round_trip(config);
  return 0;
}
