// Compresses pieces once so that any run of them can be joined into one gzip member. The page
// cache and the status use it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ganesha::exporter {

// A piece of a gzip member: raw deflate data that ends on a byte boundary and refers to nothing before it.
struct Deflated {
  std::string data;
  std::uint32_t crc = 0;     // of the plain text
  std::uint64_t length = 0;  // of the plain text
};

// Throws std::runtime_error when zlib has no memory.
Deflated deflate(std::string_view plain);

// Adds up what the trailer of the member needs.
class GzipMember {
 public:
  static std::string header();
  void add(const Deflated& piece);
  // Ends the member: the last, empty block, checksum and length.
  std::string trailer() const;

 private:
  std::uint32_t crc_ = 0;
  std::uint64_t length_ = 0;
};

}  // namespace ganesha::exporter
