#include "exporter/cli/man_page.hpp"

#include <gtest/gtest.h>

namespace {
using ganesha::exporter::roff;

TEST(TextOfRoff, KeepsEachDashOneThatCanBeCopied) { EXPECT_EQ(roff("--web.x a-b"), R"(\-\-web.x a\-b)"); }

TEST(TextOfRoff, HasNoEscapeOfItsOwn) { EXPECT_EQ(roff(R"(a \fB\n b)"), R"(a \efB\en b)"); }

// Each word may become the first one of a line.
TEST(TextOfRoff, HasNoRequestAtTheStartOfALine) {
  EXPECT_EQ(roff(".so /etc/passwd"), R"(\&.so /etc/passwd)");
  EXPECT_EQ(roff("a .socket unit, e.g. this"), R"(a \&.socket unit, e.g. this)");
  EXPECT_EQ(roff("'br 'x' it's"), R"(\(aqbr \(aqx\(aq it\(aqs)");
}

TEST(TextOfRoff, KeepsCharactersThatRoffReplaces) { EXPECT_EQ(roff("~ ^ ` \""), R"(\(ti \(ha \(ga \(dq)"); }

}  // namespace
