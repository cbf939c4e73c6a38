// The page at / for people: version, links, and how NFS-Ganesha is; and the words for a server that is not
// ready. routes.cpp serves it.
#pragma once

#include <string>

#include "exporter/routes.hpp"

namespace ganesha::exporter {

/// A whole HTML document without scripts, styles or foreign content; all that is variable is escaped.
std::string landing_page(const Site& site, const ServerState& state);

/// Why NFS-Ganesha is not ready, in one line without the newline.
std::string why_not_ready(const ServerState& state);

}  // namespace ganesha::exporter
