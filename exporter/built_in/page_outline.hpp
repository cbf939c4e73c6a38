// Whether a page is all that the server has. Ganesha sends no Content-Length: where it dies while it sends,
// the reply ends like a whole one. The fetcher compares each page with the one before.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "exporter/built_in/text_format.hpp"
#include "exporter/model/built_in_page.hpp"

namespace ganesha::exporter {

PageOutline outline_of(const std::vector<SourceFamily>& families);

/// What `now` lacks of the page before, in one line; nothing if it lacks nothing. A server that runs removes
/// no family, and the last family loses no series: Ganesha appends families and keeps what it has counted.
/// The first page of a server has none before it.
std::optional<std::string> missing_since(const PageOutline& before, const PageOutline& now);

}  // namespace ganesha::exporter
