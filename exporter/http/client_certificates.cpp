#include "exporter/http/client_certificates.hpp"

#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <memory>

#include "exporter/http/pem.hpp"

namespace ganesha::exporter {
namespace asio = boost::asio;
namespace {

struct FreeNames {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

std::string bytes_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

// Empty if it has no right length.
std::string address_of(const std::string& bytes) {
  asio::ip::address_v4::bytes_type v4;
  asio::ip::address_v6::bytes_type v6;
  if (bytes.size() == v4.size()) {
    std::copy(bytes.begin(), bytes.end(), v4.begin());
    return asio::ip::address_v4(v4).to_string();
  }
  if (bytes.size() != v6.size()) return "";
  std::copy(bytes.begin(), bytes.end(), v6.begin());
  const asio::ip::address_v6 address(v6);
  return address.is_v4_mapped() ? make_address_v4(asio::ip::v4_mapped, address).to_string()
                                : address.to_string();
}

std::string text_of_name(const GENERAL_NAME& name) {
  switch (name.type) {
    case GEN_DNS:
    case GEN_EMAIL:
    case GEN_URI:
      return bytes_of(name.d.ia5);
    case GEN_IPADD:
      return address_of(bytes_of(name.d.iPAddress));
    default:
      return "";
  }
}

bool verifies(ClientAuth mode) {
  return mode == ClientAuth::verify_if_given || mode == ClientAuth::require_and_verify;
}

bool is_allowed(const TlsSettings& settings, const X509* certificate) {
  const auto& allowed = settings.client_allowed_sans;
  const auto in_allowed = [&](const std::string& name) {
    return !name.empty() && std::ranges::find(allowed, name) != allowed.end();
  };
  return allowed.empty() || std::ranges::any_of(subject_names(certificate), in_allowed);
}

// Called by OpenSSL for each certificate that a client shows.
int check(X509_STORE_CTX* store, void* settings_of_context) {
  const auto& settings = *static_cast<const TlsSettings*>(settings_of_context);
  if (verifies(settings.client_auth) && X509_verify_cert(store) <= 0) return 0;
  const bool allowed = is_allowed(settings, X509_STORE_CTX_get0_cert(store));
  X509_STORE_CTX_set_error(store, allowed ? X509_V_OK : X509_V_ERR_APPLICATION_VERIFICATION);
  return allowed ? 1 : 0;
}

// Go takes each certificate of the list for a root, also an intermediate one.
void trust(SSL_CTX* context, const TlsSettings& settings) {
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  const Pem pem = load_pem("client_ca", settings.client_ca_file, settings.client_ca);
  require(X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN), pem.name);
  for (const Certificate& certificate : certificates_in(pem)) {
    require(X509_STORE_add_cert(store, certificate.get()), pem.name);
    require(SSL_CTX_add_client_CA(context, certificate.get()), pem.name);
  }
}

}  // namespace

std::vector<std::string> subject_names(const X509* certificate) {
  std::vector<std::string> found;
  const std::unique_ptr<GENERAL_NAMES, FreeNames> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i)
    found.push_back(text_of_name(*sk_GENERAL_NAME_value(names.get(), i)));
  return found;
}

void set_client_rules(SSL_CTX* context, const TlsSettings& settings) {
  if (settings.client_auth == ClientAuth::none) return;
  if (!settings.client_ca_file.empty() || !settings.client_ca.empty())
    trust(context, settings);
  else if (verifies(settings.client_auth))
    require(SSL_CTX_set_default_verify_paths(context), "CAs of the system");  // as Go does
  const int required = demands_certificate(settings) ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | required, nullptr);
  SSL_CTX_set_cert_verify_callback(context, check, const_cast<TlsSettings*>(&settings));
}

}  // namespace ganesha::exporter
