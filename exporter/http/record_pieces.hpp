// Cuts what is to be written into pieces for TLS records: many small chunks become one record, without a copy
// where a chunk alone fills it.
#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <vector>

namespace ganesha::exporter {

class RecordPieces {
 public:
  /// The largest record of TLS.
  static constexpr std::size_t most = 16 * 1024;

  /// `buffers` must outlive it.
  explicit RecordPieces(const std::vector<boost::asio::const_buffer>& buffers) : buffers_(buffers) {}

  /// Empty at the end. It is valid until the next call.
  boost::asio::const_buffer next();
  /// Whether another one follows.
  bool more() const { return index_ < buffers_.size(); }

 private:
  boost::asio::const_buffer left() const { return buffers_[index_] + offset_; }
  void skip(std::size_t bytes);

  const std::vector<boost::asio::const_buffer>& buffers_;
  std::size_t index_ = 0;   // the first that is not used up
  std::size_t offset_ = 0;  // bytes of it that are
  std::array<char, most> joined_;
};

}  // namespace ganesha::exporter
