#include "exporter/http/credentials.hpp"

#include <gtest/gtest.h>

namespace {
using namespace ganesha::exporter;

// "user:password", or "none".
std::string parsed(std::string_view header) {
  const auto found = parse_credentials(header);
  return found ? found->user + ':' + found->password : "none";
}

TEST(Credentials, AreUserAndPasswordInBase64) {
  EXPECT_EQ(parsed("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), "Aladdin:open sesame");
  EXPECT_EQ(parsed("basic YTpi"), "a:b");
  EXPECT_EQ(parsed("BASIC  YTpi "), "a:b");
}

TEST(Credentials, KeepColonsOfThePasswordAndBytesThatAreNotAscii) {
  EXPECT_EQ(parsed("Basic YTpiOmM="), "a:b:c");
  EXPECT_EQ(parsed("Basic w7w6w5/CoyE="), "\u00fc:\u00df\u00a3!");
  EXPECT_EQ(parsed("Basic Og=="), ":");
}

TEST(Credentials, AreNoneWithoutColonOrWithNul) {
  EXPECT_EQ(parsed("Basic YWI="), "none");
  EXPECT_EQ(parsed("Basic YTpiAGM="), "none");
  EXPECT_EQ(parsed("Basic AGE6Yg=="), "none");
}

TEST(Credentials, AreNoneInAnotherScheme) {
  for (const auto header : {"", "Basic", "Basic ", "Bearer YTpi", "YTpi", "BasicYTpi"})
    EXPECT_EQ(parsed(header), "none") << header;
}

TEST(Credentials, AreNoneUnlessBase64IsExact) {
  for (const auto text : {"YTp", "YTpi=", "YTpi====", "YTo", "YT o=", "YTpi\r\nYTpi", "Y===", "====",
                          "YT=iYTpi", "YTp\xff", "YTo=YTpi", "YTp=", "YQ-_YTpi", "YTpi, Basic YTpi"})
    EXPECT_EQ(parsed(std::string("Basic ") + text), "none") << text;
}

TEST(Credentials, AreNoneInALongHeader) {
  const std::string longest = "Basic YTpi" + std::string(4084, 'Y');
  EXPECT_TRUE(parse_credentials(longest));
  EXPECT_FALSE(parse_credentials(longest + "YYYY"));
}

TEST(Wipe, LeavesNothing) {
  std::string text = "secret";
  const char* const bytes = text.data();
  wipe(text);
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(bytes[1], '\0');
}

}  // namespace
