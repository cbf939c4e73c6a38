#include "exporter/http/response_writer.hpp"

#include <gtest/gtest.h>

namespace {
using namespace ganesha::exporter;

Chunk chunk(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

// What would be written next.
std::string next(ResponseWriter& writer) {
  std::string text;
  for (const auto& buffer : writer.buffers())
    text.append(static_cast<const char*>(buffer.data()), buffer.size());
  return text;
}

TEST(ResponseWriter, GoesOnWhereTheKernelStopped) {
  PageBytes pages;
  ResponseWriter writer(pages, "head", {chunk("one"), chunk(""), chunk("two")});
  EXPECT_EQ(writer.body_bytes(), 6U);
  EXPECT_EQ(next(writer), "headonetwo");
  writer.written(5);
  EXPECT_EQ(next(writer), "netwo");
  writer.written(2);
  EXPECT_EQ(next(writer), "two");
  EXPECT_FALSE(writer.done());
  writer.written(3);
  EXPECT_TRUE(writer.done());
}

TEST(ResponseWriter, ReleasesEachChunkOnceItIsWritten) {
  PageBytes pages;
  auto first = chunk("first"), second = chunk("second");
  ResponseWriter writer(pages, "head", {first, second});
  EXPECT_EQ(pages.total(), 11U);
  writer.written(8);
  EXPECT_EQ(pages.total(), 11U);
  writer.written(1);
  EXPECT_EQ(pages.total(), 6U);
  EXPECT_EQ(first.use_count(), 1);
  EXPECT_EQ(second.use_count(), 2);
}

TEST(ResponseWriter, CountsAChunkOfSeveralResponsesOnce) {
  PageBytes pages;
  const auto shared = chunk(std::string(100, 'x'));
  {
    const ResponseWriter one(pages, "a", {shared});
    {
      const ResponseWriter other(pages, "b", {shared, shared});
      EXPECT_EQ(pages.total(), 100U);
    }
    EXPECT_EQ(pages.total(), 100U);
  }
  EXPECT_EQ(pages.total(), 0U);
}

TEST(ResponseWriter, CountsNothingMoreOnceItIsAbandoned) {
  PageBytes pages;
  const auto shared = chunk("shared");
  const ResponseWriter other(pages, "b", {shared});
  {
    ResponseWriter writer(pages, "head", {shared});
    writer.abandon();
    EXPECT_EQ(pages.total(), 6U);
    writer.written(5);
  }
  EXPECT_EQ(pages.total(), 6U);
}

TEST(ResponseWriter, OffersNoMoreBuffersThanTheKernelTakes) {
  PageBytes pages;
  std::vector<Chunk> body;
  for (int i = 0; i < 1000; ++i) body.push_back(chunk("x"));
  ResponseWriter writer(pages, "", std::move(body));
  std::size_t written = 0;
  while (!writer.done()) {
    const auto size = next(writer).size();
    ASSERT_GT(size, 0U);
    ASSERT_LE(writer.buffers().size(), 64U);
    writer.written(size);
    written += size;
  }
  EXPECT_EQ(written, 1000U);
}

TEST(ResponseWriter, OffersALargeChunkInParts) {
  PageBytes pages;
  std::string text;
  while (text.size() < 3'000'000) text += std::to_string(text.size());
  ResponseWriter writer(pages, "head", {chunk(text), chunk("end")});
  std::string written;
  while (!writer.done()) {
    const auto part = next(writer);
    ASSERT_LE(part.size(), std::size_t{1} << 20);
    written += part;
    writer.written(part.size());
  }
  EXPECT_EQ(written, "head" + text + "end");
}

}  // namespace
