// Names a user's password in tables without holding it.
#pragma once

#include <array>
#include <initializer_list>
#include <string_view>

namespace ganesha::exporter {

using PasswordKey = std::array<unsigned char, 32>;

/// Makes keys with a secret of its own, as HMAC-SHA-256: nobody can choose keys, or learn anything from how
/// long it takes to compare them. Throws std::runtime_error if there is no randomness.
class KeyMaker {
 public:
  KeyMaker();
  PasswordKey key_of(std::initializer_list<std::string_view> parts) const;

 private:
  PasswordKey secret_;
};

}  // namespace ganesha::exporter
