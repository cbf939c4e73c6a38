#include "exporter/http/options.hpp"

#include <algorithm>

namespace ganesha::exporter {

HttpOptions options_for(std::uint64_t descriptors) {
  HttpOptions options;
  const auto kept_free = std::min(other_descriptors, descriptors * 3 / 4);
  const auto available = static_cast<std::size_t>(descriptors - kept_free);
  options.reserve = std::min(options.reserve, available / 4);
  options.max_connections = std::clamp<std::size_t>(available - options.reserve, 1, options.max_connections);
  return options;
}

HttpOptions health_options() {
  HttpOptions options;
  options.max_connections = health_connections;
  options.reserve = 0;
  return options;
}

}  // namespace ganesha::exporter
