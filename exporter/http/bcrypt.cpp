#include "exporter/http/bcrypt.hpp"

#include <crypt.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <cstddef>
#include <memory>

#include "exporter/http/credentials.hpp"

namespace ganesha::exporter {
namespace {

// $2y$10$, 22 characters of salt, 31 of hash.
constexpr std::size_t prefix_length = 7, salt_length = 22, digest_length = 31;
constexpr std::size_t hash_length = prefix_length + salt_length + digest_length;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_hash_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '/';
}

bool usable_prefix(std::string_view hash) {
  constexpr unsigned lowest_cost = 4;
  if (!hash.starts_with("$2a$") && !hash.starts_with("$2b$") && !hash.starts_with("$2y$")) return false;
  if (!is_digit(hash[4]) || !is_digit(hash[5]) || hash[6] != '$') return false;
  const unsigned cost = static_cast<unsigned>(hash[4] - '0') * 10 + static_cast<unsigned>(hash[5] - '0');
  return cost >= lowest_cost && cost <= highest_bcrypt_cost;
}

struct CryptData {
  ~CryptData() { OPENSSL_cleanse(&value, sizeof value); }
  crypt_data value{};
};

}  // namespace

bool usable_hash(std::string_view hash) {
  return hash.size() == hash_length && usable_prefix(hash) &&
         std::ranges::all_of(hash.substr(prefix_length), is_hash_character);
}

bool matches_hash(const std::string& password, const std::string& hash) {
  // More than 512 bytes are an error in libcrypt.
  std::string counted = password.substr(0, longest_bcrypt_password);
  if (counted.find('\0') != std::string::npos) return false;
  const auto data = std::make_unique<CryptData>();  // 32 KiB
  const char* const computed = crypt_r(counted.c_str(), hash.c_str(), &data->value);
  wipe(counted);
  if (!computed || std::string_view(computed).size() != hash_length) return false;
  // Not the salt: its last character has bits that do not count, and libcrypt sets them to 0.
  constexpr std::size_t from = prefix_length + salt_length;
  return CRYPTO_memcmp(computed + from, hash.c_str() + from, digest_length) == 0;
}

}  // namespace ganesha::exporter
