// Reads gzip as a scraper does: zlib's inflate, one member, checksum and length compared.
#pragma once

#include <string>
#include <string_view>

namespace ganesha::test {

// The plain text; throws when `gzip` is not one whole member.
std::string inflate_gzip(std::string_view gzip);

}  // namespace ganesha::test
