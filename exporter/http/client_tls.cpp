#include "exporter/http/client_tls.hpp"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "exporter/http/pem.hpp"

namespace ganesha::exporter {
namespace asio = boost::asio;
namespace {

class CertificateErrors final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "server certificate"; }
  std::string message(int error) const override {
    return std::string("the server's certificate is not trusted: ") + X509_verify_cert_error_string(error);
  }
};

bool is_checked(const ClientSettings& server) { return server.check == ServerCheck::all; }

bool is_known(const ClientSettings& server) {
  return !server.own_cert_file.empty() || !server.own_cert.empty();
}

// Not what signed it, which may sign others.
void trust_alone(SSL_CTX* context, const Pem& own) {
  require(X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificates_in(own).front().get()), own.name);
  require(X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context),
                                      X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME),
          own.name);
}

void trust_ca(SSL_CTX* context, const std::string& ca_file) {
  if (ca_file.empty()) return require(SSL_CTX_set_default_verify_paths(context), "CA of the system");
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  const Pem pem = load_pem("ca", ca_file, "");
  for (const Certificate& certificate : certificates_in(pem))
    require(X509_STORE_add_cert(store, certificate.get()), pem.name);
}

}  // namespace

std::shared_ptr<asio::ssl::context> make_client_tls(const ClientSettings& settings) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
  SSL_CTX* const native = context->native_handle();
  require(SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION), "TLS 1.2");
  SSL_CTX_set_verify(native, is_checked(settings) ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (is_known(settings))
    trust_alone(native, load_pem("cert", settings.own_cert_file, settings.own_cert));
  else if (is_checked(settings))
    trust_ca(native, settings.ca_file);
  if (!settings.cert_file.empty())
    use_certificate(native, load_pem("cert", settings.cert_file, ""), load_pem("key", settings.key_file, ""));
  return context;
}

void expect_server(SSL* connection, const ClientSettings& settings) {
  const std::string& name = settings.server_name;
  if (is_known(settings)) return;
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), name.c_str()) == 1) return;
  ERR_clear_error();
  // Without it the certificate of any name would do.
  require(SSL_set1_host(connection, name.c_str()), "server name " + name);
  require(SSL_set_tlsext_host_name(connection, name.c_str()), "server name " + name);
}

boost::system::error_code handshake_error(const SSL* connection, const boost::system::error_code& ec) {
  static const CertificateErrors errors;
  const long result = SSL_get_verify_result(connection);
  const bool is_checked = SSL_get_verify_mode(connection) != SSL_VERIFY_NONE;
  if (!ec || !is_checked || result == X509_V_OK) return ec;
  return {static_cast<int>(result), errors};
}

}  // namespace ganesha::exporter
