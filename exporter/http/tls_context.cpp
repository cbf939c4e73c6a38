#include "exporter/http/tls_context.hpp"

#include <openssl/ssl.h>

#include <array>
#include <stdexcept>
#include <string_view>

#include "exporter/base/text.hpp"
#include "exporter/http/client_certificates.hpp"
#include "exporter/http/credentials.hpp"
#include "exporter/http/pem.hpp"

namespace ganesha::exporter {
namespace {

constexpr const char* default_ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

// OpenSSL's own defaults have groups that cost the server many milliseconds.
constexpr std::array default_curves{Curve::x25519, Curve::p256, Curve::p384, Curve::p521};

const char* name_of(Curve curve) {
  switch (curve) {
    case Curve::x25519:
      return "X25519";
    case Curve::p256:
      return "P-256";
    case Curve::p384:
      return "P-384";
    case Curve::p521:
      return "P-521";
  }
  return "";
}

int number_of(TlsVersion version) { return version == TlsVersion::tls13 ? TLS1_3_VERSION : TLS1_2_VERSION; }

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
  require(SSL_CTX_set_min_proto_version(context, number_of(settings.min_version)), "min_version");
  require(SSL_CTX_set_max_proto_version(context, number_of(settings.max_version)), "max_version");
}

// The names of the suites of TLS 1.3 have no key exchange: TLS_AES_128_GCM_SHA256.
bool is_tls13(std::string_view suite) { return suite.find("_WITH_") == suite.npos; }

// OpenSSL's list of the chosen ciphers of TLS 1.2. As in Go those of TLS 1.3 may be named, to no effect.
std::string chosen_ciphers(const std::vector<std::string>& suites) {
  std::vector<std::string> names;
  for (const std::string& suite : suites)
    if (!is_tls13(suite)) names.emplace_back(OPENSSL_cipher_name(suite.c_str()));
  return joined(names, ":");
}

void set_ciphers(SSL_CTX* context, const TlsSettings& settings) {
  const auto& chosen = settings.cipher_suites;
  const std::string list = chosen.empty() ? default_ciphers : chosen_ciphers(chosen);
  if (!list.empty()) return require(SSL_CTX_set_cipher_list(context, list.c_str()), "cipher_suites");
  if (settings.max_version == TlsVersion::tls12)
    throw std::runtime_error("cipher_suites: none is of TLS 1.2, and max_version is TLS12");
  require(SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION), "cipher_suites");
}

template <class Curves>
std::string group_list(const Curves& curves) {
  std::vector<std::string> names;
  for (const Curve curve : curves) names.emplace_back(name_of(curve));
  return joined(names, ":");
}

void set_curves(SSL_CTX* context, const TlsSettings& settings) {
  const auto& chosen = settings.curve_preferences;
  const std::string list = chosen.empty() ? group_list(default_curves) : group_list(chosen);
  require(SSL_CTX_set1_groups_list(context, list.c_str()), "curve_preferences");
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
