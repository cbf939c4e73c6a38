// A response that is being written: which bytes come next, and which chunks are done and can be released.
#pragma once

#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "exporter/base/chunk.hpp"
#include "exporter/http/page_bytes.hpp"

namespace ganesha::exporter {

class ResponseWriter {
 public:
  /// Counts the chunks of the body as held until they are written or the writer goes.
  ResponseWriter(PageBytes& pages, std::string head, std::vector<Chunk> body);
  ~ResponseWriter();
  ResponseWriter(const ResponseWriter&) = delete;
  ResponseWriter& operator=(const ResponseWriter&) = delete;

  bool done() const { return next_ == chunks_.size(); }
  /// What to write next: as much as one call of the kernel takes, and no more than it copies quickly.
  const std::vector<boost::asio::const_buffer>& buffers();
  /// This many bytes of it were written.
  void written(std::size_t bytes);
  /// Counts its chunks as held no more: its connection was closed, its bytes are not written.
  void abandon();
  /// The size of the whole body.
  std::size_t body_bytes() const { return body_bytes_; }

 private:
  PageBytes& pages_;
  std::vector<Chunk> chunks_;  // the head and the body; null once written
  std::vector<boost::asio::const_buffer> buffers_;
  std::size_t next_ = 0;    // the first that is not written whole
  std::size_t offset_ = 0;  // bytes of it that are
  std::size_t body_bytes_ = 0;
  bool abandoned_ = false;
};

}  // namespace ganesha::exporter
