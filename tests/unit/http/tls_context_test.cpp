// What is a TLS configuration, and what is reported where it is none.
#include "exporter/http/tls_context.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "certificates.hpp"

namespace {
using namespace ganesha::exporter;
using ganesha::test::Certificates;
using testing::AllOf;
using testing::HasSubstr;

TlsSettings settings_of(const std::string& name) {
  TlsSettings settings;
  settings.cert_file = Certificates::file(name + ".pem");
  settings.key_file = Certificates::file(name + ".key");
  return settings;
}

// Empty if it is accepted.
std::string error_of(const TlsSettings& settings) {
  try {
    const TlsContext context(settings);
    return "";
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

TEST(ATlsContext, IsMadeOfFilesOrOfTextInTheConfiguration) {
  EXPECT_EQ(error_of(settings_of("server")), "");
  EXPECT_EQ(error_of(settings_of("rsa")), "");
  TlsSettings settings;
  settings.cert = Certificates::text("server.pem");
  settings.key = Certificates::text("server.key");
  EXPECT_EQ(error_of(settings), "");
}

TEST(ATlsContext, NamesTheFileThatCannotBeRead) {
  TlsSettings settings = settings_of("server");
  settings.cert_file = "/nowhere/server.pem";
  EXPECT_EQ(error_of(settings), "cert_file /nowhere/server.pem: cannot be read: No such file or directory");
  settings = settings_of("server");
  settings.key_file = "/";
  EXPECT_EQ(error_of(settings), "key_file /: it must be a regular file");
  settings = settings_of("server");
  settings.client_auth = ClientAuth::require_and_verify;
  settings.client_ca_file = "/nowhere/ca.pem";
  EXPECT_EQ(error_of(settings), "client_ca_file /nowhere/ca.pem: cannot be read: No such file or directory");
}

TEST(ATlsContext, DoesNotReadAPipeADeviceOrAnEndlessFile) {
  TlsSettings settings = settings_of("server");
  settings.key_file = Certificates::file("pipe.key");
  ASSERT_EQ(::mkfifo(settings.key_file.c_str(), 0600), 0);
  EXPECT_THAT(error_of(settings), HasSubstr("pipe.key: it must be a regular file"));
  settings.key_file = "/dev/zero";
  EXPECT_EQ(error_of(settings), "key_file /dev/zero: it must be a regular file");
  settings.key_file = Certificates::made("large.key", std::string((1 << 20) + 1, ' '));
  EXPECT_THAT(error_of(settings), HasSubstr("large.key: it must not be larger than 1048576 bytes"));
}

TEST(ATlsContext, NamesTheFileThatHoldsSomethingElse) {
  TlsSettings settings = settings_of("server");
  settings.cert_file = Certificates::file("server.key");
  EXPECT_THAT(error_of(settings), HasSubstr("server.key: it has no certificate in PEM format"));
  settings = settings_of("server");
  settings.key_file = Certificates::file("server.pem");
  EXPECT_THAT(error_of(settings), HasSubstr("server.pem: it has no private key in PEM format"));
  settings = settings_of("server");
  settings.cert_file = Certificates::made("empty.pem", "");
  EXPECT_THAT(error_of(settings), HasSubstr("empty.pem: it has no certificate in PEM format"));
}

TEST(ATlsContext, NamesTheFileWithAnUnreadableCertificateOfSeveral) {
  TlsSettings settings = settings_of("server");
  const std::string text = Certificates::text("server.pem");
  settings.cert_file = Certificates::made("cut.pem", text + text.substr(0, text.size() / 2));
  EXPECT_THAT(error_of(settings), HasSubstr("cut.pem: a certificate cannot be read"));
}

TEST(ATlsContext, AsksForNoPassphrase) {
  TlsSettings settings = settings_of("server");
  settings.key_file = Certificates::file("locked.key");
  EXPECT_THAT(error_of(settings), HasSubstr("locked.key: the private key has a passphrase"));
}

TEST(ATlsContext, RefusesAKeyOfAnotherCertificate) {
  TlsSettings settings = settings_of("server");
  settings.key_file = Certificates::file("client.key");
  EXPECT_THAT(error_of(settings), AllOf(HasSubstr("client.key: the key does not match the certificate of"),
                                        HasSubstr("cert_file"), HasSubstr("server.pem")));
  settings.key_file = Certificates::file("rsa.key");
  EXPECT_THAT(error_of(settings), HasSubstr("rsa.key: the key does not match the certificate of"));
}

TEST(ATlsContext, TakesCiphersByTheirIanaNames) {
  TlsSettings settings = settings_of("server");
  for (const char* const name :
       {"TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
        "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
        "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"}) {
    settings.cipher_suites = {name};
    EXPECT_EQ(error_of(settings), "") << name;
  }
}

TEST(ATlsContext, WantsACipherOfTls12WhereNothingElseIsSpoken) {
  TlsSettings settings = settings_of("server");
  settings.max_version = TlsVersion::tls12;
  settings.cipher_suites = {"TLS_AES_128_GCM_SHA256"};
  EXPECT_EQ(error_of(settings), "cipher_suites: none is of TLS 1.2, and max_version is TLS12");
}

TEST(ATlsContext, TakesEachCurve) {
  TlsSettings settings = settings_of("server");
  for (const Curve curve : {Curve::x25519, Curve::p256, Curve::p384, Curve::p521}) {
    settings.curve_preferences = {curve};
    EXPECT_EQ(error_of(settings), "") << static_cast<int>(curve);
  }
}

// As exporter-toolkit does: the system's CAs count.
TEST(ATlsContext, NeedsNoCaOfItsOwnToVerify) {
  TlsSettings settings = settings_of("server");
  settings.client_auth = ClientAuth::verify_if_given;
  EXPECT_EQ(error_of(settings), "");
}

}  // namespace
