// Certificates and keys in PEM format, from a file or from the configuration itself.
#pragma once

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

namespace ganesha::exporter {

struct FreeOpenssl {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Certificate = std::unique_ptr<X509, FreeOpenssl>;
using PrivateKey = std::unique_ptr<EVP_PKEY, FreeOpenssl>;

/// PEM data with its name for messages: "cert_file /etc/tls/a.pem", or "cert" where the text stands in the
/// configuration.
struct Pem {
  std::string name;
  std::string text;

  ~Pem();  ///< wipes the text, which may be a key
};

/// `setting` is the name of the setting without `_file`. All of these throw std::runtime_error.
Pem load_pem(const std::string& setting, const std::string& file, const std::string& text);
/// At least one.
std::vector<Certificate> certificates_in(const Pem& pem);
/// The first one.
PrivateKey private_key_in(const Pem& pem);

/// The end of a connection that has `context` shows this certificate, with the others of its file as its
/// chain.
void use_certificate(SSL_CTX* context, const Pem& cert, const Pem& key);

/// Throws std::runtime_error unless `result` is 1: `name` with OpenSSL's reason.
void require(long result, const std::string& name);

/// What OpenSSL says of its last failure in this thread, which it then forgets.
std::string openssl_reason();

}  // namespace ganesha::exporter
