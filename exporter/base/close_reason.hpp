// Why the exporter closes HTTP connections: HTTP decides it, the metrics count it.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace ganesha::exporter {

enum class CloseReason {
  first_byte_timeout,  ///< a new connection sent nothing
  request_timeout,     ///< a request was not whole in time
  no_progress,         ///< the client stopped reading a response
  write_timeout,       ///< the client read a response too slowly
  idle_evicted,        ///< a new connection needed its place, and it was neither served nor read a response
  reader_evicted,      ///< it read a response slowly, and its place was needed or too many read
  page_bytes,          ///< unread responses held too much memory
  over_limit,          ///< no place was left, nor one that could be taken
  error,               ///< an unexpected error
};

/// The values of the label `reason`, by CloseReason.
inline constexpr std::array<std::string_view, 9> close_reason_names{
    "first_byte_timeout", "request_timeout", "no_progress", "write_timeout", "idle_evicted",
    "reader_evicted",     "page_bytes",      "over_limit",  "error"};

constexpr std::string_view name(CloseReason reason) {
  return close_reason_names[static_cast<std::size_t>(reason)];
}

}  // namespace ganesha::exporter
