// The user and password of a request: `Authorization: Basic` of RFC 7617.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ganesha::exporter {

/// Bytes as the client sent them; usually UTF-8.
struct Credentials {
  Credentials(std::string_view user_name, std::string_view plain) : user(user_name), password(plain) {}
  Credentials(Credentials&&) = default;
  Credentials& operator=(Credentials&&) = default;
  /// Overwrites the password.
  ~Credentials();

  std::string user, password;
};

/// Of a header's value. None if it is absent, of another scheme, longer than 4 KiB, or not exactly base64 of
/// `user:password` without NUL.
std::optional<Credentials> parse_credentials(std::string_view authorization);

/// The header's value that a client sends.
std::string basic_authorization(const std::string& user, const std::string& password);

/// Overwrites text that was secret.
void wipe(std::string& text);

}  // namespace ganesha::exporter
