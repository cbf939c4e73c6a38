// The TLS of a server, as exporter-toolkit's `tls_server_config` describes it.
#pragma once

#include <string>
#include <vector>

namespace ganesha::exporter {

/// What a client must show of itself. The names are those of Go's crypto/tls.
enum class ClientAuth {
  none,                ///< NoClientCert: no certificate is asked for
  request,             ///< RequestClientCert: asked for, not needed, not verified
  require_any,         ///< RequireAnyClientCert: needed, not verified
  verify_if_given,     ///< VerifyClientCertIfGiven
  require_and_verify,  ///< RequireAndVerifyClientCert
};

enum class TlsVersion { tls12, tls13 };

enum class Curve { x25519, p256, p384, p521 };

/// PEM data comes from a file (an absolute path) or stands in the configuration itself; exactly one of each
/// pair is not empty, but for the client's CA, where both may be empty. The room web_config checks what it
/// reads: names are known, a CA and allowed names have a `client_auth` that looks at them, `min_version` is
/// not above `max_version`.
struct TlsSettings {
  std::string cert_file, cert;
  std::string key_file, key;
  std::string client_ca_file, client_ca;
  ClientAuth client_auth = ClientAuth::none;
  std::vector<std::string> client_allowed_sans;  ///< DNS names, IP addresses, e-mail addresses or URIs
  TlsVersion min_version = TlsVersion::tls12, max_version = TlsVersion::tls13;
  std::vector<std::string> cipher_suites;  ///< by their IANA names; empty: safe defaults
  std::vector<Curve> curve_preferences;    ///< empty: all
  bool operator==(const TlsSettings&) const = default;
};

/// Whether a client that shows no certificate is turned away.
inline bool demands_certificate(const TlsSettings& tls) {
  return tls.client_auth == ClientAuth::require_any || tls.client_auth == ClientAuth::require_and_verify;
}

}  // namespace ganesha::exporter
