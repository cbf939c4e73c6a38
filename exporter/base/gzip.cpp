#include "exporter/base/gzip.hpp"

// Lets the input be const.
#define ZLIB_CONST
#include <zlib.h>

#include <memory>
#include <stdexcept>

namespace ganesha::exporter {
namespace {

constexpr int raw_window = -15;  // no zlib header: the member has its own
constexpr int memory_level = 8;
// These pages repeat themselves so much that the quickest level gets nearly all there is.
constexpr int level = Z_BEST_SPEED;

struct End {
  void operator()(z_stream* stream) const { deflateEnd(stream); }
};

void append_little_endian(std::uint32_t value, std::string& out) {
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>((value >> shift) & 0xff);
}

}  // namespace

Deflated deflate(std::string_view plain) {
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, raw_window, memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("zlib: cannot begin to compress");
  const std::unique_ptr<z_stream, End> end(&stream);

  constexpr std::size_t flush_marker = 16;
  Deflated piece;
  piece.data.resize(deflateBound(&stream, plain.size()) + flush_marker);
  stream.next_in = reinterpret_cast<const Bytef*>(plain.data());
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(piece.data.data());
  stream.avail_out = static_cast<uInt>(piece.data.size());
  if (::deflate(&stream, Z_FULL_FLUSH) != Z_OK || stream.avail_in != 0)
    throw std::runtime_error("zlib: cannot compress");
  piece.data.resize(stream.total_out);
  piece.data.shrink_to_fit();
  piece.crc =
      static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(plain.data()), plain.size()));
  piece.length = plain.size();
  return piece;
}

std::string GzipMember::header() {
  return {"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 10};  // deflate, no name, no time, unknown system
}

void GzipMember::add(const Deflated& piece) {
  crc_ = static_cast<std::uint32_t>(crc32_combine(crc_, piece.crc, static_cast<z_off_t>(piece.length)));
  length_ += piece.length;
}

std::string GzipMember::trailer() const {
  std::string out("\x03\x00", 2);
  append_little_endian(crc_, out);
  append_little_endian(static_cast<std::uint32_t>(length_), out);
  return out;
}

}  // namespace ganesha::exporter
