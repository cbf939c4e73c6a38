#include "exporter/http/password_key.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <cstddef>
#include <stdexcept>
#include <string>

#include "exporter/http/credentials.hpp"

namespace ganesha::exporter {
namespace {

// With their lengths: ("a", "bc") is not ("ab", "c"). In memory of its whole size at once: growing would
// leave copies behind.
std::string message_of(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const auto part : parts) size += sizeof size + part.size();
  std::string message;
  message.reserve(size);
  for (const auto part : parts) {
    const std::size_t length = part.size();
    message.append(reinterpret_cast<const char*>(&length), sizeof length).append(part);
  }
  return message;
}

}  // namespace

KeyMaker::KeyMaker() {
  if (RAND_bytes(secret_.data(), static_cast<int>(secret_.size())) != 1)
    throw std::runtime_error("OpenSSL has no random numbers");
}

PasswordKey KeyMaker::key_of(std::initializer_list<std::string_view> parts) const {
  std::string message = message_of(parts);
  PasswordKey key{};
  const auto* const made =
      HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
           reinterpret_cast<const unsigned char*>(message.data()), message.size(), key.data(), nullptr);
  wipe(message);
  if (!made) throw std::runtime_error("OpenSSL computes no HMAC");
  return key;
}

}  // namespace ganesha::exporter
