// Whether the value of a flag is valid. exporter_flags.cpp calls them.
#pragma once

#include <string_view>

namespace ganesha::exporter {

/// Whether it is a well-formed bus name of a service, such as org.ganesha.nfsd.
bool is_bus_name(std::string_view name);

/// Whether a bus can listen at this path, which stands in its address without escapes.
bool is_bus_path(std::string_view path);

/// Whether the metrics page can have this path: it begins with /, is not / itself nor below the prefixes of
/// our other pages, and holds no character with a meaning in a URL.
bool is_page_path(std::string_view path);

/// Whether it can be given as a name of this machine: nfs.example.com, *.example.com, or *.
bool is_allowed_host(std::string_view name);

}  // namespace ganesha::exporter
