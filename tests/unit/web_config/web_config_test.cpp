#include "exporter/web_config/web_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "password_hash.hpp"

namespace ganesha::exporter {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

const std::string tls = "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n";
const std::string headers = "http_server_config:\n  headers:\n    ";
const std::string users = "basic_auth_users:\n  ";
const std::string rate = "rate_limit:\n  ";

WebConfig parse(const std::string& text) { return parse_web_config(text, "/etc/exporter/web.yml"); }

std::string error_of(const std::string& text) {
  try {
    parse(text);
    return "";
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

TlsSettings tls_with(const std::string& lines) { return parse(tls + lines).tls.value(); }

TEST(AWebConfiguration, MayBeEmpty) {
  for (const std::string text :
       {"", "# nothing\n", "{}\n", "~\n", "tls_server_config:\n", "tls_server_config: {}\n",
        "http_server_config:\n", "http_server_config:\n  headers:\n", "basic_auth_users:\n", "rate_limit:\n",
        "tls_server_config:\n  min_version: TLS12\n", "tls_server_config:\n  cert_file:\n  key_file:\n"})
    EXPECT_EQ(parse(text), WebConfig{}) << text;
}

TEST(AWebConfiguration, FindsFilesBesideIt) {
  const TlsSettings settings = tls_with("");
  EXPECT_EQ(settings.cert_file, "/etc/exporter/server.crt");
  EXPECT_EQ(settings.key_file, "/etc/exporter/server.key");
  const auto elsewhere = parse("tls_server_config: {cert_file: ../a.crt, key_file: /b/c.key}\n").tls.value();
  EXPECT_EQ(elsewhere.cert_file, "/etc/a.crt");
  EXPECT_EQ(elsewhere.key_file, "/b/c.key");
  EXPECT_TRUE(parse_web_config(tls, "web.yml").tls->cert_file.starts_with('/'));
}

TEST(AWebConfiguration, TakesCertificatesInline) {
  const auto settings = parse("tls_server_config:\n  cert: |\n    A\n    B\n  key: K\n").tls.value();
  EXPECT_EQ(settings.cert, "A\nB\n");
  EXPECT_EQ(settings.key, "K");
  EXPECT_EQ(settings.cert_file, "");
}

TEST(AWebConfiguration, HasTheDefaultsOfExporterToolkit) {
  const TlsSettings settings = tls_with("");
  EXPECT_EQ(settings.client_auth, ClientAuth::none);
  EXPECT_EQ(settings.min_version, TlsVersion::tls12);
  EXPECT_EQ(settings.max_version, TlsVersion::tls13);
  EXPECT_EQ(tls_with("  min_version:\n  client_auth_type: \"\"\n  client_allowed_sans:\n  cipher_suites:\n"),
            settings);
}

TEST(AWebConfiguration, KnowsAllWaysToAskForACertificate) {
  const std::vector<std::pair<std::string, ClientAuth>> ways{
      {"NoClientCert", ClientAuth::none},
      {"RequestClientCert", ClientAuth::request},
      {"RequireAnyClientCert", ClientAuth::require_any},
      {"RequireClientCert", ClientAuth::require_any},
      {"VerifyClientCertIfGiven", ClientAuth::verify_if_given},
      {"RequireAndVerifyClientCert", ClientAuth::require_and_verify}};
  for (const auto& [name, way] : ways)
    EXPECT_EQ(tls_with("  client_auth_type: " + name + "\n").client_auth, way) << name;
}

TEST(AWebConfiguration, ReadsTheRestOfTls) {
  const auto settings = tls_with(
      "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.pem\n"
      "  client_allowed_sans: [one, 10.0.0.1]\n  min_version: TLS13\n  max_version: TLS13\n"
      "  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_AES_128_GCM_SHA256]\n"
      "  curve_preferences: [X25519, CurveP256]\n  prefer_server_cipher_suites: no\n");
  EXPECT_EQ(settings.client_ca_file, "/etc/exporter/ca.pem");
  EXPECT_THAT(settings.client_allowed_sans, ElementsAre("one", "10.0.0.1"));
  EXPECT_EQ(settings.min_version, TlsVersion::tls13);
  EXPECT_THAT(settings.cipher_suites,
              ElementsAre("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"));
  EXPECT_THAT(settings.curve_preferences, ElementsAre(Curve::x25519, Curve::p256));
}

TEST(AWebConfiguration, TakesACurveOnceThatIsThereTwice) {
  EXPECT_THAT(tls_with("  curve_preferences: [X25519, CurveP256, X25519, CurveP256]\n").curve_preferences,
              ElementsAre(Curve::x25519, Curve::p256));
}

TEST(AWebConfiguration, ReadsHeadersUsersAndTheRate) {
  const auto access =
      parse(
          "http_server_config:\n  http2: false\n  headers:\n    X-Frame-Options: deny\n"
          "    X-XSS-Protection: 1\n    Strict-Transport-Security: \"\"\n" +
          users + "alice: " + hash + "\n  1: " + hash + "\n" + rate + "interval: 1m30s\n  burst: 20\n")
          .access;
  EXPECT_THAT(access.headers, ElementsAre(Pair("X-Frame-Options", "deny"), Pair("X-XSS-Protection", "1")));
  EXPECT_THAT(access.users, ElementsAre(Pair("1", hash), Pair("alice", hash)));
  EXPECT_EQ(access.rate_limit, (RateLimit{milliseconds(90'000), 20}));
}

TEST(AWebConfiguration, HasNoRateLimitWithoutAnInterval) {
  for (const std::string text : {"interval: 0\n  burst: 5\n", "burst: 5\n", "interval: 0s\n", "interval:\n"})
    EXPECT_EQ(parse(rate + text).access.rate_limit, std::nullopt) << text;
}

TEST(AWebConfiguration, TakesEveryKindOfBcryptHash) {
  for (const std::string kind : {"2a", "2b", "2y"})
    for (const std::string cost : {"04", "18"})
      EXPECT_EQ(error_of(users + "a: $" + kind + "$" + cost + hash.substr(6) + "\n"), "");
}

struct Wrong {
  std::string text, error;
};

class AWrongWebConfiguration : public testing::TestWithParam<Wrong> {};

TEST_P(AWrongWebConfiguration, HasOneLineThatNamesFileLineAndKey) {
  const auto& [text, expected] = GetParam();
  const std::string error = error_of(text);
  EXPECT_THAT(error, testing::StartsWith("/etc/exporter/web.yml:" + expected)) << text;
  EXPECT_THAT(error, testing::Not(HasSubstr("\n")));
}

INSTANTIATE_TEST_SUITE_P(
    Structure, AWrongWebConfiguration,
    testing::Values(Wrong{"- a\n", "1: it must be a map"}, Wrong{"junk\n", "1: it must be a map"},
                    Wrong{"a: b: c\n", "1: it is not YAML"},
                    Wrong{"\n\njunk:\n  a: b\n", "3: junk: unknown key"},
                    Wrong{"1: 2\n", "1: 1: unknown key"}, Wrong{"[a]: b\n", "1: it must be a text"},
                    Wrong{"tls_server_config: 3\n", "1: tls_server_config: it must be a map"},
                    Wrong{"tls_server_config: []\n", "1: tls_server_config: it must be a map"},
                    Wrong{"\"\\e[31m\": 1\n", "1: \\u001b[31m: unknown key"},
                    Wrong{tls + tls, "4: tls_server_config: the key is there twice"},
                    Wrong{tls + "  cert_file: a\n", "4: tls_server_config.cert_file: the key is there twice"},
                    Wrong{tls + "  cert_filse: a\n", "4: tls_server_config.cert_filse: unknown key"}));

INSTANTIATE_TEST_SUITE_P(
    Tls, AWrongWebConfiguration,
    testing::Values(
        Wrong{"tls_server_config:\n  cert_file: a\n", "1: tls_server_config: it needs key or key_file"},
        Wrong{"tls_server_config:\n  key_file: a\n", "1: tls_server_config: it needs cert or cert_file"},
        Wrong{"tls_server_config:\n  client_auth_type: NoClientCert\n",
              "1: tls_server_config: it needs cert"},
        Wrong{tls + "  cert: a\n", "1: tls_server_config: it must have cert or cert_file, not both"},
        Wrong{tls + "  client_ca_file: a\n", "1: tls_server_config: the client_ca is of no use"},
        Wrong{tls + "  client_auth_type: Any\n",
              "4: tls_server_config.client_auth_type: it must be one of NoC"},
        Wrong{tls + "  client_allowed_sans: []\n", "4: tls_server_config.client_allowed_sans: it must have"},
        Wrong{tls + "  client_allowed_sans: [a]\n", "1: tls_server_config: client_allowed_sans needs"},
        Wrong{tls + "  client_allowed_sans: [a]\n  client_auth_type: RequireAnyClientCert\n",
              "1: tls_server_config: client_allowed_sans needs"},
        Wrong{tls + "  client_allowed_sans: a\n",
              "4: tls_server_config.client_allowed_sans: it must be a list"},
        Wrong{tls + "  client_allowed_sans:\n  - a\n  - ~\n",
              "6: tls_server_config.client_allowed_sans: an entry"},
        Wrong{tls + "  min_version: TLS11\n", "4: tls_server_config.min_version: TLS11 is not supported"},
        Wrong{tls + "  max_version: TLS10\n", "4: tls_server_config.max_version: TLS10 is not supported"},
        Wrong{tls + "  min_version: TLS111\n",
              "4: tls_server_config.min_version: it must be one of TLS12, TLS13"},
        Wrong{tls + "  min_version: TLS13\n  max_version: TLS12\n", "1: tls_server_config: min_version"},
        Wrong{tls + "  cipher_suites: [TLS_A]\n",
              "4: tls_server_config.cipher_suites: it must be one of TLS_"},
        Wrong{tls + "  cipher_suites: [TLS_RSA_WITH_AES_128_GCM_SHA256]\n",
              "4: tls_server_config.cipher_suites: it must be one of TLS_"},
        Wrong{tls + "  curve_preferences: [CurveP257]\n",
              "4: tls_server_config.curve_preferences: it must be"},
        Wrong{tls + "  prefer_server_cipher_suites: \"true\"\n",
              "4: tls_server_config.prefer_server_cipher_su"},
        Wrong{"tls_server_config:\n  cert_file: [a]\n", "2: tls_server_config.cert_file: it must be a text"},
        Wrong{"tls_server_config:\n  cert_file: \"a\\0b\"\n",
              "2: tls_server_config.cert_file: it must not"}));

INSTANTIATE_TEST_SUITE_P(
    Access, AWrongWebConfiguration,
    testing::Values(
        Wrong{"http_server_config:\n  http2: 2\n", "2: http_server_config.http2: it must be true or false"},
        Wrong{headers + "Content-Type: a\n", "3: http_server_config.headers.Content-Type: unknown key"},
        Wrong{headers + "x-frame-options: deny\n", "3: http_server_config.headers.x-frame-options: unknown"},
        Wrong{headers + "X-Frame-Options: DENY\n",
              "3: http_server_config.headers.X-Frame-Options: it must be"},
        Wrong{headers + "X-Frame-Options:\n",
              "3: http_server_config.headers.X-Frame-Options: it must be one"},
        Wrong{headers + "X-Content-Type-Options: \"\"\n",
              "3: http_server_config.headers.X-Content-Type-Options: it must be one of nosniff"},
        Wrong{headers + "X-Content-Type-Options: sniff\n", "3: http_server_config.headers.X-Content-Type-Op"},
        Wrong{headers + "X-XSS-Protection: \"a\\r\\nb\"\n",
              "3: http_server_config.headers.X-XSS-Protection: it"},
        Wrong{"basic_auth_users: []\n", "1: basic_auth_users: it must be a map"},
        Wrong{users + "a:\n", "2: basic_auth_users.a: it must be a bcrypt hash"},
        Wrong{users + "a: secret\n", "2: basic_auth_users.a: it must be a bcrypt hash"},
        Wrong{users + "a: " + hash.substr(1) + "\n", "2: basic_auth_users.a: it must be a bcrypt hash"},
        Wrong{users + "a: " + hash + "x\n", "2: basic_auth_users.a: it must be a bcrypt hash"},
        Wrong{users + "a: $2y$03" + hash.substr(6) + "\n", "2: basic_auth_users.a: it must be a bcrypt hash"},
        Wrong{users + "a: $2y$19" + hash.substr(6) + "\n", "2: basic_auth_users.a: it must be a bcrypt hash"},
        Wrong{users + "a: $6$" + hash.substr(3) + "\n", "2: basic_auth_users.a: it must be a bcrypt hash"},
        Wrong{users + "\"a:b\": " + hash + "\n", "2: basic_auth_users.a:b: a user's name must not"},
        Wrong{users + "a: " + hash + "\n  a: " + hash + "\n",
              "3: basic_auth_users.a: the key is there twice"},
        Wrong{rate + "interval: fast\n", "2: rate_limit.interval: it must be a duration"},
        Wrong{rate + "interval: -1s\n", "2: rate_limit.interval: it must be a duration"},
        Wrong{rate + "burst: -1\n", "2: rate_limit.burst: it must be a whole number"},
        Wrong{rate + "burst: \"5\"\n", "2: rate_limit.burst: it must be a whole number"},
        Wrong{rate + "per: 1s\n", "2: rate_limit.per: unknown key"}));

TEST(AnError, DoesNotShowAPassword) {
  for (const auto& text : std::vector<std::string>{users + "a: secret\n", "basic_auth_users: secret\n",
                                                   "secret\n", tls + "  min_version: secret\n"})
    EXPECT_THAT(error_of(text), testing::Not(HasSubstr("secret"))) << text;
}

TEST(AnError, IsShortWhateverTheKey) {
  EXPECT_LT(error_of(std::string(10'000, 'k') + "\n").size(), 1'000U);
  EXPECT_LT(error_of("? " + std::string(10'000, 'k') + "\n: v\n").size(), 1'000U);
}

}  // namespace
}  // namespace ganesha::exporter
