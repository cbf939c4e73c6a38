#include "inflate.hpp"

// Lets the input be const.
#define ZLIB_CONST
#include <zlib.h>

#include <array>
#include <stdexcept>

namespace ganesha::test {

std::string inflate_gzip(std::string_view gzip) {
  constexpr int gzip_only = 16;
  z_stream stream{};
  if (inflateInit2(&stream, gzip_only + MAX_WBITS) != Z_OK) throw std::runtime_error("inflateInit2");
  stream.next_in = reinterpret_cast<const Bytef*>(gzip.data());
  stream.avail_in = static_cast<uInt>(gzip.size());
  std::array<char, 65536> buffer{};
  std::string plain;
  int status = Z_OK;
  while (status == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    status = inflate(&stream, Z_NO_FLUSH);
    plain.append(buffer.data(), buffer.size() - stream.avail_out);
  }
  const bool whole = status == Z_STREAM_END && stream.avail_in == 0;
  inflateEnd(&stream);
  if (!whole) throw std::runtime_error("no whole gzip member");
  return plain;
}

}  // namespace ganesha::test
