// bcrypt by libcrypt. A check takes 60 ms at a cost of 10, twice that for each cost more: it blocks.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ganesha::exporter {

/// Takes about 15 s, half of what a request may take.
constexpr unsigned highest_bcrypt_cost = 18;

/// bcrypt uses this many bytes of a password and ignores the rest.
constexpr std::size_t longest_bcrypt_password = 72;

/// For error messages: what usable_hash() takes.
constexpr std::string_view usable_hash_form =
    "a bcrypt hash that begins with $2a$, $2b$ or $2y$ and has a cost of 04 to 18";

/// Whether passwords can be compared with this hash. Does not block.
bool usable_hash(std::string_view hash);

/// Whether the password has this hash, which is usable. False if its bytes that count hold a NUL.
/// Takes the same time for right and wrong ones. Any thread.
bool matches_hash(const std::string& password, const std::string& hash);

}  // namespace ganesha::exporter
