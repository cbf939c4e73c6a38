#include "exporter/http/response_writer.hpp"

#include <algorithm>
#include <utility>

namespace ganesha::exporter {
namespace {

// Asio gives the kernel no more at once.
constexpr std::size_t most_buffers = 64;

// The kernel copies them at once, and the loop waits meanwhile.
constexpr std::size_t most_bytes_at_once = std::size_t{1} << 20;

}  // namespace

ResponseWriter::ResponseWriter(PageBytes& pages, std::string head, std::vector<Chunk> body) : pages_(pages) {
  chunks_.reserve(body.size() + 1);
  chunks_.push_back(std::make_shared<const std::string>(std::move(head)));
  for (Chunk& chunk : body) {
    body_bytes_ += chunk->size();
    if (!chunk->empty()) chunks_.push_back(std::move(chunk));
  }
  for (std::size_t i = 1; i < chunks_.size(); ++i) pages_.hold(chunks_[i]);
}

ResponseWriter::~ResponseWriter() { abandon(); }

void ResponseWriter::abandon() {
  if (std::exchange(abandoned_, true)) return;
  for (std::size_t i = std::max<std::size_t>(next_, 1); i < chunks_.size(); ++i) pages_.release(chunks_[i]);
}

const std::vector<boost::asio::const_buffer>& ResponseWriter::buffers() {
  buffers_.clear();
  const auto end = std::min(chunks_.size(), next_ + most_buffers);
  std::size_t offset = offset_, left = most_bytes_at_once;
  for (std::size_t i = next_; i < end && left > 0; ++i) {
    buffers_.push_back(boost::asio::buffer(boost::asio::buffer(*chunks_[i]) + offset, left));
    left -= buffers_.back().size();
    offset = 0;
  }
  return buffers_;
}

void ResponseWriter::written(std::size_t bytes) {
  offset_ += bytes;
  while (next_ < chunks_.size() && offset_ >= chunks_[next_]->size()) {
    offset_ -= chunks_[next_]->size();
    if (!abandoned_ && next_ > 0) pages_.release(chunks_[next_]);
    chunks_[next_++].reset();
  }
}

}  // namespace ganesha::exporter
