// Which certificates of clients are accepted: the five modes of Go's crypto/tls, and the allowed subject
// alternative names (SANs).
#pragma once

#include <openssl/ssl.h>

#include <string>
#include <vector>

#include "exporter/http/tls_settings.hpp"

namespace ganesha::exporter {

/// `settings` must outlive the context. Throws std::runtime_error.
void set_client_rules(SSL_CTX* context, const TlsSettings& settings);

/// DNS names, e-mail and IP addresses and URIs, as text.
std::vector<std::string> subject_names(const X509* certificate);

}  // namespace ganesha::exporter
