#include "exporter/http/tls_context.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "exporter/http/client_certificates.hpp"
#include "exporter/http/credentials.hpp"
#include "exporter/http/pem.hpp"

namespace ganesha::exporter {
namespace {

// Those that Go has named in tls.CipherSuites(), until 1.21 also those without ECDHE. Those of TLS 1.3 are
// always among them.
constexpr const char* known_ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES+SHA1:kRSA+AESGCM:kRSA+AES+SHA1";
constexpr const char* default_ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

// OpenSSL's own defaults have groups that cost the server many milliseconds.
constexpr const char* default_groups = "X25519:P-256:P-384:P-521";

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> groups_by_curve{
    {{"CurveP256", "P-256"}, {"CurveP384", "P-384"}, {"CurveP521", "P-521"}, {"X25519", "X25519"}}};

int number_of(TlsVersion version) { return version == TlsVersion::tls13 ? TLS1_3_VERSION : TLS1_2_VERSION; }

std::string name_of(TlsVersion version) { return version == TlsVersion::tls13 ? "TLS13" : "TLS12"; }

// What each connection does, whatever the settings say. A session is never resumed: so no ticket key must be
// kept safe and changed, and new rules hold for each new connection.
void set_fixed_rules(SSL_CTX* context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
}

// A client that offers protocols, and none of ours, would misunderstand us.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void*) {
  static constexpr unsigned char ours[] = "\x08http/1.1\x08http/1.0";
  unsigned char* found = nullptr;
  const int result = SSL_select_next_proto(&found, size, ours, sizeof ours - 1, offered, offered_size);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void set_versions(SSL_CTX* context, const TlsSettings& settings) {
  if (settings.min_version > settings.max_version)
    throw std::runtime_error("min_version " + name_of(settings.min_version) + " is above max_version " +
                             name_of(settings.max_version));
  require(SSL_CTX_set_min_proto_version(context, number_of(settings.min_version)), "min_version");
  require(SSL_CTX_set_max_proto_version(context, number_of(settings.max_version)), "max_version");
}

const SSL_CIPHER* find_cipher(SSL_CTX* context, const std::string& name) {
  const STACK_OF(SSL_CIPHER)* const known = SSL_CTX_get_ciphers(context);
  for (int i = 0; i < sk_SSL_CIPHER_num(known); ++i) {
    const SSL_CIPHER* const cipher = sk_SSL_CIPHER_value(known, i);
    if (name == SSL_CIPHER_standard_name(cipher)) return cipher;
  }
  throw std::runtime_error("cipher_suites: unknown cipher " + name);
}

bool is_tls13(const SSL_CIPHER* cipher) {
  return SSL_CIPHER_get_version(cipher) == std::string_view("TLSv1.3");
}

// OpenSSL's list of the chosen ciphers of TLS 1.2. As in Go those of TLS 1.3 may be named, to no effect.
std::string chosen_ciphers(SSL_CTX* context, const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    const SSL_CIPHER* const cipher = find_cipher(context, name);
    if (!is_tls13(cipher)) list += (list.empty() ? "" : ":") + std::string(SSL_CIPHER_get_name(cipher));
  }
  return list;
}

void set_ciphers(SSL_CTX* context, const TlsSettings& settings) {
  require(SSL_CTX_set_cipher_list(context, known_ciphers), "cipher_suites");
  std::string list = default_ciphers;
  if (!settings.cipher_suites.empty()) list = chosen_ciphers(context, settings.cipher_suites);
  if (!list.empty()) return require(SSL_CTX_set_cipher_list(context, list.c_str()), "cipher_suites");
  if (settings.max_version == TlsVersion::tls12)
    throw std::runtime_error("cipher_suites: none is of TLS 1.2, and max_version is TLS12");
  require(SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION), "cipher_suites");
}

void set_curves(SSL_CTX* context, const TlsSettings& settings) {
  std::string list;
  for (const std::string& name : settings.curve_preferences) {
    const auto found = std::ranges::find(groups_by_curve, name, [](const auto& row) { return row.first; });
    if (found == groups_by_curve.end())
      throw std::runtime_error("curve_preferences: unknown curve " + name +
                               "; known are CurveP256, CurveP384, CurveP521 and X25519");
    list += (list.empty() ? "" : ":") + std::string(found->second);
  }
  require(SSL_CTX_set1_groups_list(context, list.empty() ? default_groups : list.c_str()),
          "curve_preferences");
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

TlsContext::TlsContext(const TlsSettings& settings)
    : settings_(settings), context_(SSL_CTX_new(TLS_server_method())) {
  if (!context_) throw std::runtime_error("TLS: " + openssl_reason());
  set_fixed_rules(native());
  SSL_CTX_set_alpn_select_cb(native(), choose_protocol, nullptr);
  set_versions(native(), settings_);
  set_ciphers(native(), settings_);
  set_curves(native(), settings_);
  use_certificate(native(), load_pem("cert", settings_.cert_file, settings_.cert),
                  load_pem("key", settings_.key_file, settings_.key));
  wipe(settings_.key);
  set_client_rules(native(), settings_);
}

}  // namespace ganesha::exporter
