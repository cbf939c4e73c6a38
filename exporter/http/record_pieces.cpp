#include "exporter/http/record_pieces.hpp"

#include <algorithm>

namespace ganesha::exporter {
namespace asio = boost::asio;

asio::const_buffer RecordPieces::next() {
  if (index_ == buffers_.size()) return {};
  if (left().size() >= most || index_ + 1 == buffers_.size()) {
    const asio::const_buffer piece = asio::buffer(left(), most);
    skip(piece.size());
    return piece;
  }
  std::size_t size = 0;
  while (index_ < buffers_.size() && size < most) {
    const std::size_t copied = asio::buffer_copy(asio::buffer(joined_) + size, left());
    size += copied;
    skip(copied);
  }
  return asio::buffer(joined_, size);
}

void RecordPieces::skip(std::size_t bytes) {
  offset_ += bytes;
  if (offset_ < buffers_[index_].size()) return;
  ++index_;
  offset_ = 0;
}

}  // namespace ganesha::exporter
