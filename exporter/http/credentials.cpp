#include "exporter/http/credentials.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstddef>

#include "exporter/base/text.hpp"

namespace ganesha::exporter {
namespace {

constexpr std::size_t longest_header = 4096;

// In base64, `group` characters encode `bytes_per_group` bytes.
constexpr std::size_t group = 4, bytes_per_group = 3;

// The text after the scheme, whose name may be in capitals; empty for other schemes.
std::string_view encoded_part(std::string_view authorization) {
  constexpr std::string_view scheme = "basic ";
  if (to_lower(authorization.substr(0, scheme.size())) != scheme) return {};
  return trim(authorization.substr(scheme.size()));
}

unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string base64(std::string_view text) {
  std::string coded((text.size() + bytes_per_group - 1) / bytes_per_group * group + 1,
                    '\0');  // OpenSSL adds a NUL
  const int length = EVP_EncodeBlock(bytes(coded), bytes(text), static_cast<int>(text.size()));
  coded.resize(static_cast<std::size_t>(length));
  return coded;
}

// Whether `text` is the one way to write `decoded`: OpenSSL also decodes padding in the middle, blanks, and
// bits that are left over.
bool is_base64_of(std::string_view text, const std::string& decoded) {
  std::string again = base64(decoded);
  const bool same = again == text;
  wipe(again);
  return same;
}

// Empty if it is not base64.
std::string base64_decoded(std::string_view text) {
  if (text.size() % group != 0) return {};
  const std::size_t padding = text.size() - (text.find_last_not_of('=') + 1);
  std::string decoded(text.size() / group * bytes_per_group, '\0');
  const int length = EVP_DecodeBlock(bytes(decoded), bytes(text), static_cast<int>(text.size()));
  if (length < 0 || padding >= bytes_per_group || padding > decoded.size()) return {};
  decoded.resize(decoded.size() - padding);
  if (!is_base64_of(text, decoded)) wipe(decoded);
  return decoded;
}

}  // namespace

Credentials::~Credentials() { wipe(password); }

std::optional<Credentials> parse_credentials(std::string_view authorization) {
  if (authorization.size() > longest_header) return std::nullopt;
  std::string decoded = base64_decoded(encoded_part(authorization));
  const std::string_view text = decoded;
  const auto colon = text.find(':');
  std::optional<Credentials> found;
  if (colon != text.npos && text.find('\0') == text.npos)
    found.emplace(text.substr(0, colon), text.substr(colon + 1));
  wipe(decoded);
  return found;
}

std::string basic_authorization(const std::string& user, const std::string& password) {
  return "Basic " + base64(user + ":" + password);
}

void wipe(std::string& text) {
  text.resize(text.capacity());  // what was moved away or cut may still be there
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

}  // namespace ganesha::exporter
