// How chunks become TLS records.
#include "exporter/http/record_pieces.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {
namespace asio = boost::asio;
using ganesha::exporter::RecordPieces;

std::vector<asio::const_buffer> buffers_of(const std::vector<std::string>& chunks) {
  std::vector<asio::const_buffer> buffers;
  for (const std::string& chunk : chunks) buffers.push_back(asio::buffer(chunk));
  return buffers;
}

std::vector<std::string> pieces_of(const std::vector<std::string>& chunks) {
  const auto buffers = buffers_of(chunks);
  RecordPieces pieces(buffers);
  std::vector<std::string> found;
  for (auto piece = pieces.next(); piece.size() > 0; piece = pieces.next())
    found.emplace_back(static_cast<const char*>(piece.data()), piece.size());
  return found;
}

TEST(Records, JoinSmallChunks) {
  EXPECT_EQ(pieces_of({"one ", "two ", "three"}), std::vector<std::string>{"one two three"});
}

TEST(Records, AreFullUntilTheLast) {
  const std::string small(10'000, 'a'), other(10'000, 'b');
  const auto pieces = pieces_of({small, other});
  ASSERT_EQ(pieces.size(), 2u);
  EXPECT_EQ(pieces[0].size(), RecordPieces::most);
  EXPECT_EQ(pieces[0] + pieces[1], small + other);
}

TEST(Records, CutALargeChunkWithoutACopy) {
  const std::vector<std::string> chunks{"head", std::string(50'000, 'x'), "tail"};
  const auto buffers = buffers_of(chunks);
  RecordPieces pieces(buffers);
  pieces.next();
  const auto* const second = static_cast<const char*>(pieces.next().data());
  EXPECT_EQ(second, chunks[1].data() + RecordPieces::most - 4);
}

TEST(Records, AreNoneOfNothing) { EXPECT_TRUE(pieces_of({}).empty()); }

}  // namespace
