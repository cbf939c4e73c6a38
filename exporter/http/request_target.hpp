// The target of a request, as its first line has it. The session splits it for the handler.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ganesha::exporter {

/// Nothing is percent-decoded.
struct RequestTarget {
  std::string path;   ///< begins with /, or is *
  std::string query;  ///< what follows the first ?
};

/// Takes `/path?query`, `http://host/path?query`, which every server must take (RFC 9112, 3.2.2), and `*`.
/// Nothing where it is none of these, as %2Fpath.
std::optional<RequestTarget> parse_request_target(std::string_view target);

}  // namespace ganesha::exporter
