#include "exporter/web_config/tls_section.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/base/text.hpp"

namespace ganesha::exporter {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_list = 1'000;

// Those of Go's tls.CipherSuites() with forward secrecy.
const std::vector<std::string> cipher_suites{"TLS_AES_128_GCM_SHA256",
                                             "TLS_AES_256_GCM_SHA384",
                                             "TLS_CHACHA20_POLY1305_SHA256",
                                             "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
                                             "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
                                             "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
                                             "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
                                             "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                                             "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                                             "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                                             "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                                             "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                                             "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"};

const std::vector<std::pair<std::string, Curve>> curves{{"CurveP256", Curve::p256},
                                                        {"CurveP384", Curve::p384},
                                                        {"CurveP521", Curve::p521},
                                                        {"X25519", Curve::x25519}};

// RequireClientCert is an older name.
const std::vector<std::pair<std::string, ClientAuth>> client_auth_types{
    {"NoClientCert", ClientAuth::none},
    {"RequestClientCert", ClientAuth::request},
    {"RequireAnyClientCert", ClientAuth::require_any},
    {"VerifyClientCertIfGiven", ClientAuth::verify_if_given},
    {"RequireAndVerifyClientCert", ClientAuth::require_and_verify},
    {"RequireClientCert", ClientAuth::require_any}};

const std::vector<std::pair<std::string, TlsVersion>> versions{{"TLS12", TlsVersion::tls12},
                                                               {"TLS13", TlsVersion::tls13}};

[[noreturn]] void refuse(const YamlValue& value, const std::vector<std::string>& names) {
  value.fail("it must be one of " + joined(names, ", "));
}

template <class Enum>
Enum one_of(const YamlValue& value, const std::string& text,
            const std::vector<std::pair<std::string, Enum>>& choices) {
  std::vector<std::string> names;
  for (const auto& [name, choice] : choices) {
    if (name == text) return choice;
    names.push_back(name);
  }
  refuse(value, names);
}

std::vector<std::string> entries(const YamlValue& value) {
  auto texts = value.texts();
  if (texts.size() > longest_list) value.fail("it must have at most 1000 entries");
  return texts;
}

void read_cipher_suites(const YamlValue& value, std::vector<std::string>& into) {
  into = entries(value);
  for (const std::string& suite : into)
    if (std::ranges::find(cipher_suites, suite) == cipher_suites.end()) refuse(value, cipher_suites);
}

// As in Go a curve may be there twice; OpenSSL refuses such a list.
void read_curves(const YamlValue& value, std::vector<Curve>& into) {
  for (const std::string& name : entries(value)) {
    const Curve curve = one_of(value, name, curves);
    if (std::ranges::find(into, curve) == into.end()) into.push_back(curve);
  }
}

// Go leaves the default, or what stands for nothing, where the value is null.
void read_version(const YamlValue& value, TlsVersion& into) {
  if (value.is_null()) return;
  const std::string text = value.text();
  if (text == "TLS10" || text == "TLS11")
    value.fail(text + " is not supported, it is not secure; it must be TLS12 or TLS13");
  into = one_of(value, text, versions);
}

void read_client_auth(const YamlValue& value, ClientAuth& into) {
  if (!value.text().empty()) into = one_of(value, value.text(), client_auth_types);
}

// An empty list would let everybody in, or nobody.
void read_allowed_sans(const YamlValue& value, std::vector<std::string>& into) {
  if (value.is_null()) return;
  into = entries(value);
  if (into.empty()) value.fail("it must have an entry: with none, no client would be let in");
}

YamlValue::Reader text_into(std::string& into) {
  return [&into](const YamlValue& value) { into = value.text(); };
}

YamlValue::Reader file_into(std::string& into, const fs::path& directory) {
  return [&into, &directory](const YamlValue& value) {
    const std::string path = value.text();
    if (!path.empty()) into = (directory / path).lexically_normal().string();
  };
}

struct Section {
  TlsSettings settings;
  bool client_auth_given = false;
};

YamlValue::Readers readers(Section& section, const fs::path& directory) {
  TlsSettings& to = section.settings;
  return {
      {"cert", text_into(to.cert)},
      {"key", text_into(to.key)},
      {"client_ca", text_into(to.client_ca)},
      {"cert_file", file_into(to.cert_file, directory)},
      {"key_file", file_into(to.key_file, directory)},
      {"client_ca_file", file_into(to.client_ca_file, directory)},
      {"client_auth_type",
       [&](const YamlValue& value) {
         read_client_auth(value, to.client_auth);
         section.client_auth_given = !value.text().empty();
       }},
      {"client_allowed_sans", [&](const auto& value) { read_allowed_sans(value, to.client_allowed_sans); }},
      {"min_version", [&](const auto& value) { read_version(value, to.min_version); }},
      {"max_version", [&](const auto& value) { read_version(value, to.max_version); }},
      {"cipher_suites", [&](const auto& value) { read_cipher_suites(value, to.cipher_suites); }},
      {"curve_preferences", [&](const auto& value) { read_curves(value, to.curve_preferences); }},
      // Checked only: Go, too, has had no use for it since 1.17.
      {"prefer_server_cipher_suites", [](const auto& value) { value.flag(); }}};
}

void check_one(const YamlValue& section, const std::string& name, const std::string& text,
               const std::string& file) {
  if (text.empty() && file.empty()) section.fail("it needs " + name + " or " + name + "_file");
}

void check_not_both(const YamlValue& section, const std::string& name, const std::string& text,
                    const std::string& file) {
  if (!text.empty() && !file.empty())
    section.fail("it must have " + name + " or " + name + "_file, not both");
}

void check_clients(const YamlValue& section, const TlsSettings& tls) {
  const bool has_ca = !tls.client_ca.empty() || !tls.client_ca_file.empty();
  if (has_ca && tls.client_auth == ClientAuth::none)
    section.fail("the client_ca is of no use without a client_auth_type, such as RequireAndVerifyClientCert");
  // A certificate that nobody has verified may say any name.
  if (!tls.client_allowed_sans.empty() && tls.client_auth != ClientAuth::require_and_verify)
    section.fail("client_allowed_sans needs client_auth_type RequireAndVerifyClientCert");
}

void check(const YamlValue& section, const TlsSettings& tls) {
  check_one(section, "cert", tls.cert, tls.cert_file);
  check_one(section, "key", tls.key, tls.key_file);
  check_not_both(section, "cert", tls.cert, tls.cert_file);
  check_not_both(section, "key", tls.key, tls.key_file);
  check_not_both(section, "client_ca", tls.client_ca, tls.client_ca_file);
  check_clients(section, tls);
  if (tls.min_version > tls.max_version) section.fail("min_version must not be above max_version");
}

bool is_on(const Section& section) {
  const TlsSettings& tls = section.settings;
  const std::array<std::string_view, 6> all{tls.cert,     tls.key,       tls.cert_file,
                                            tls.key_file, tls.client_ca, tls.client_ca_file};
  return section.client_auth_given || std::ranges::any_of(all, [](auto text) { return !text.empty(); });
}

}  // namespace

std::optional<TlsSettings> read_tls(const YamlValue& value, const fs::path& directory) {
  Section section;
  value.read(readers(section, directory));
  if (!is_on(section)) return std::nullopt;
  check(value, section.settings);
  return std::move(section.settings);
}

}  // namespace ganesha::exporter
