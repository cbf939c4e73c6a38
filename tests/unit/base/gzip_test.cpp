#include "exporter/base/gzip.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "inflate.hpp"

namespace {

using namespace ganesha::exporter;
using ganesha::test::inflate_gzip;

std::string one_member(const std::vector<Deflated>& pieces) {
  GzipMember member;
  std::string out = GzipMember::header();
  for (const auto& piece : pieces) {
    out += piece.data;
    member.add(piece);
  }
  return out + member.trailer();
}

// A kind of text that repeats itself, one that does not, and short ones.
std::vector<std::string> texts() {
  std::string repeating, random;
  std::mt19937 generator(1);
  for (int i = 0; i < 5000; ++i) repeating += "ganesha_client_operations_total{client=\"10.0.0.1\"} 17\n";
  for (int i = 0; i < 100000; ++i) random += static_cast<char>(generator());
  return {repeating, random, "a\n", std::string("\0\xff", 2)};
}

TEST(Gzip, JoinsAnyPiecesInAnyOrder) {
  const auto plain = texts();
  std::vector<Deflated> deflated;
  for (const auto& text : plain) deflated.push_back(deflate(text));
  std::vector<std::size_t> order{0, 1, 2, 3};
  do {
    std::string expected;
    std::vector<Deflated> pieces;
    EXPECT_EQ(inflate_gzip(one_member(pieces)), expected);
    for (const auto i : order) {
      expected += plain[i];
      pieces.push_back(deflated[i]);
      ASSERT_EQ(inflate_gzip(one_member(pieces)), expected);
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Gzip, TakesTheSamePieceTwice) {
  const auto piece = deflate("twice\n");
  EXPECT_EQ(inflate_gzip(one_member({piece, piece})), "twice\ntwice\n");
}

TEST(Gzip, JoinsAPieceOfNothing) {
  EXPECT_EQ(inflate_gzip(one_member({deflate("a"), deflate(""), deflate("b")})), "ab");
}

TEST(Gzip, ToldLengthAndChecksumAreThePlainTexts) {
  const auto piece = deflate("123456789");
  EXPECT_EQ(piece.length, 9U);
  EXPECT_EQ(piece.crc, 0xcbf43926U) << "the check value of CRC-32";
}

TEST(Gzip, MakesTextThatRepeatsItselfSmall) {
  const auto text = texts()[0];
  EXPECT_LT(deflate(text).data.size(), text.size() / 20);
}

TEST(Gzip, IsRefusedWhenAPieceIsLeftOutOfTheTrailer) {
  const auto first = deflate("one"), second = deflate("two");
  GzipMember member;
  member.add(first);
  EXPECT_THROW(inflate_gzip(GzipMember::header() + first.data + second.data + member.trailer()),
               std::runtime_error);
}

}  // namespace
