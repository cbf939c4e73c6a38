// The bounds of HttpServer.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ganesha::exporter {

struct HttpOptions {
  std::chrono::milliseconds first_byte_timeout{5'000};  ///< from accept to the first byte
  std::chrono::milliseconds idle_timeout{60'000};  ///< from a response to the first byte of the next request
  std::chrono::milliseconds request_timeout{10'000};  ///< from a request's first byte to its last
  std::chrono::milliseconds handler_timeout{30'000};  ///< for a handler; then 503
  std::chrono::milliseconds progress_timeout{5'000};  ///< for a client that reads nothing of a response
  std::chrono::milliseconds write_timeout{30'000};    ///< for one whole response
  std::chrono::milliseconds linger_timeout{1'000};    ///< for a client to close after our last response
  std::chrono::milliseconds reserve_timeout{1'000};   ///< from accept to a whole request, in the reserve
  std::chrono::milliseconds accept_retry{100};        ///< after a failed accept
  std::chrono::milliseconds tick{100};                ///< between two checks of the timeouts above
  std::size_t header_limit = 16 * 1024;               ///< bytes; beyond: 431
  std::size_t body_limit = 1024;                      ///< bytes; beyond: 413. No page takes a body
  /// Enough to hold those of an attack instead of closing them, because they would come again at once. Beyond
  /// that one that waits for its client is closed.
  std::size_t max_connections = 8'192;
  std::size_t max_readers =
      512;                   ///< responses that wait for their clients to read; beyond: the slowest is closed
  std::size_t reserve = 16;  ///< connections beyond max_connections, while none can be closed
  std::size_t unsent = 256 * 1024;  ///< bytes of a response that the kernel takes ahead of the client
  /// Bytes that unread responses may hold, if these are more than three of the largest.
  std::size_t page_bytes = std::size_t{64} * 1024 * 1024;
};

/// The connections of a listener for probes alone. All of its responses are short and made at once.
inline constexpr std::size_t health_connections = 32;

/// Descriptors beside those of connections: the bus, files, children, probes.
inline constexpr std::uint64_t other_descriptors = 64 + health_connections;

/// As many as the default bounds need.
inline constexpr std::uint64_t wanted_descriptors =
    HttpOptions{}.max_connections + HttpOptions{}.reserve + other_descriptors;

/// The default bounds, with fewer connections if the process may open only this many descriptors.
HttpOptions options_for(std::uint64_t descriptors);

/// Those of a listener for probes.
HttpOptions health_options();

}  // namespace ganesha::exporter
