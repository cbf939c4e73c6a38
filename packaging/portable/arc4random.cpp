// For the portable program alone: libstdc++.a (std::random_device) and libcrypt.a (salts) of Debian 12 ask
// for these functions, which glibc has from 2.36 on.
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>

namespace {
constexpr std::size_t most_at_once = 256;  // of getentropy
}

extern "C" {

[[gnu::visibility("hidden")]] void arc4random_buf(void* buffer, std::size_t size) noexcept {
  auto* next = static_cast<std::byte*>(buffer);
  for (std::size_t left = size; left > 0;) {
    const std::size_t count = std::min(left, most_at_once);
    if (getentropy(next, count) != 0) std::abort();
    next += count;
    left -= count;
  }
}

[[gnu::visibility("hidden")]] unsigned arc4random() noexcept {
  unsigned value = 0;
  arc4random_buf(&value, sizeof value);
  return value;
}
}
