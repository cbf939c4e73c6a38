// Pieces of HTML: what every part of the status page is made of. Paths, addresses and errors come from
// outside: nothing variable goes into a page but through escaped().
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ganesha::exporter {

// For text and for attributes in quotes; bytes that mean nothing in HTML become U+FFFD.
std::string escaped(std::string_view text);

// A small picture of values, oldest first, as large as its largest; empty for fewer than two. What it shows
// stands beside it as text.
std::string sparkline(const std::vector<float>& values);

}  // namespace ganesha::exporter
