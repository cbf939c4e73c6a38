// Whether the text of a flag can be what the flag stands for. flags.cpp asks.
#pragma once

#include <string_view>

namespace ganesha::exporter {

/// Whether it can be a name on a bus that a service owns, such as org.ganesha.nfsd.
bool is_bus_name(std::string_view name);

/// Whether it has the form of a bus's address, transport:key=value; whether a bus is there shows later.
bool is_bus_address(std::string_view address);

/// Whether a page of our own can stand at `path`: it begins with /, is not / itself nor below /-/, which is
/// ours, and holds no character that means something else in a URL.
bool is_page_path(std::string_view path);

}  // namespace ganesha::exporter
