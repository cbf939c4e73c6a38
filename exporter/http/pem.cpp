#include "exporter/http/pem.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <stdexcept>

#include "exporter/base/read_file.hpp"
#include "exporter/http/credentials.hpp"

namespace ganesha::exporter {
namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 20;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

Bio reader_of(const Pem& pem) {
  return Bio(BIO_new_mem_buf(pem.text.data(), static_cast<int>(pem.text.size())));
}

// OpenSSL would ask at the terminal otherwise.
int no_passphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

// The end of the text is an error for OpenSSL.
bool is_end_of_pem(unsigned long error) {
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

}  // namespace

std::string openssl_reason() {
  const unsigned long error = ERR_peek_last_error();
  const char* const reason = ERR_reason_error_string(error);
  ERR_clear_error();
  return reason ? reason : "unknown error";
}

Pem::~Pem() { wipe(text); }

Pem load_pem(const std::string& setting, const std::string& file, const std::string& text) {
  if (file.empty()) return {setting, text};
  try {
    return {setting + "_file " + file, read_file(file, most_bytes)};
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(setting + "_file " + error.what());
  }
}

std::vector<Certificate> certificates_in(const Pem& pem) {
  std::vector<Certificate> found;
  const Bio bio = reader_of(pem);
  ERR_clear_error();
  while (X509* const certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr))
    found.emplace_back(certificate);
  if (!is_end_of_pem(ERR_peek_last_error()))
    throw std::runtime_error(pem.name + ": a certificate cannot be read: " + openssl_reason());
  ERR_clear_error();
  if (found.empty()) throw std::runtime_error(pem.name + ": it has no certificate in PEM format");
  return found;
}

PrivateKey private_key_in(const Pem& pem) {
  const Bio bio = reader_of(pem);
  bool needs_passphrase = false;
  ERR_clear_error();
  PrivateKey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, &needs_passphrase));
  if (key) return key;
  ERR_clear_error();
  if (needs_passphrase)
    throw std::runtime_error(pem.name + ": the private key has a passphrase; store it without one");
  throw std::runtime_error(pem.name + ": it has no private key in PEM format");
}

void require(long result, const std::string& name) {
  if (result != 1) throw std::runtime_error(name + ": " + openssl_reason());
}

void use_certificate(SSL_CTX* context, const Pem& cert, const Pem& key) {
  const auto chain = certificates_in(cert);
  const PrivateKey private_key = private_key_in(key);
  if (X509_check_private_key(chain.front().get(), private_key.get()) != 1)
    throw std::runtime_error(key.name + ": the key does not match the certificate of " + cert.name);
  require(SSL_CTX_use_certificate(context, chain.front().get()), cert.name);
  require(SSL_CTX_use_PrivateKey(context, private_key.get()), key.name);
  for (std::size_t i = 1; i < chain.size(); ++i)
    require(SSL_CTX_add1_chain_cert(context, chain[i].get()), cert.name);
}

}  // namespace ganesha::exporter
