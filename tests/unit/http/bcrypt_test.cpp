#include "exporter/http/bcrypt.hpp"

#include <gtest/gtest.h>

namespace {
using namespace ganesha::exporter;

const std::string rest_of_secret = "$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";

TEST(Bcrypt, MatchesTheRightPasswordAlone) {
  for (const std::string kind : {"$2a", "$2b", "$2y"}) {
    EXPECT_TRUE(matches_hash("secret", kind + rest_of_secret)) << kind;
    for (const std::string wrong : {"", "Secret", "secret ", "secre", "secretsecret"})
      EXPECT_FALSE(matches_hash(wrong, kind + rest_of_secret)) << kind << wrong;
  }
  EXPECT_TRUE(matches_hash("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"));
}

TEST(Bcrypt, MatchesAHashWhoseSaltHasUnusedBits) {
  // 22 characters are 132 bits: the last 4 do not count, and other programs keep them.
  EXPECT_TRUE(matches_hash("secret", "$2b$05$abcdefghijklmnopqrstuvOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a"));
}

TEST(Bcrypt, Counts72BytesOfAPassword) {
  const std::string hash = "$2y$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i";
  EXPECT_FALSE(matches_hash(std::string(71, 'x'), hash));
  for (const std::size_t length : {72u, 73u, 511u, 512u, 3'000u})
    EXPECT_TRUE(matches_hash(std::string(length, 'x'), hash)) << length;
  EXPECT_TRUE(matches_hash(std::string(72, 'x') + '\0', hash));
}

TEST(Bcrypt, RefusesNul) {
  EXPECT_FALSE(matches_hash(std::string("secret\0", 7), "$2y" + rest_of_secret));
  EXPECT_FALSE(matches_hash(std::string("secret\0more", 11), "$2y" + rest_of_secret));
}

TEST(UsableHash, HasAKnownPrefixAndACostThatEnds) {
  const std::string rest = rest_of_secret.substr(3);
  for (const std::string start : {"$2a$04", "$2b$10", "$2y$18"})
    EXPECT_TRUE(usable_hash(start + rest)) << start;
  for (const std::string start : {"$2x$10", "$2$010", "$3y$10", "$2y$03", "$2y$00", "$2y$19", "$2y$31",
                                  "$2y$99", "$2y$1a", "$2y$-4", "$2y$+4", "$2y$ 4", "$2y-10", "$2Y$10"})
    EXPECT_FALSE(usable_hash(start + rest)) << start;
}

TEST(UsableHash, Has60CharactersOfItsAlphabet) {
  const std::string hash = "$2y" + rest_of_secret;
  for (std::size_t length = 0; length < hash.size(); ++length)
    EXPECT_FALSE(usable_hash(hash.substr(0, length))) << length;
  EXPECT_FALSE(usable_hash(hash + "a"));
  for (const char bad : {'$', ':', ' ', '\0', '-', '_', '\xfc', '='}) {
    std::string changed = hash;
    changed.back() = bad;
    EXPECT_FALSE(usable_hash(changed)) << bad;
  }
  for (const char* other :
       {"", "secret", "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "$apr1$abcdefgh$ncFuuuGVEOGYjTAKcHgAo1"})
    EXPECT_FALSE(usable_hash(other)) << other;
}

}  // namespace
