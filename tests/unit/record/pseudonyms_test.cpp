#include "exporter/record/pseudonyms.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace ganesha::exporter;
using testing::UnorderedElementsAre;

TEST(Pseudonyms, AreTheSameForTheSameName) {
  Pseudonyms names;
  const auto path = names.replace(Text::names, "/srv/my data");
  EXPECT_EQ(path, "/path/1");
  EXPECT_EQ(names.replace(Text::names, "/srv/other"), "/path/2");
  EXPECT_EQ(names.replace(Text::names, "/srv/my data"), path);
  EXPECT_EQ(names.replace(Text::names, "tag of a group"), "name-1");
}

TEST(Pseudonyms, KeepTheFormOfAnAddress) {
  Pseudonyms names;
  EXPECT_EQ(names.replace(Text::names, "::ffff:10.1.2.3"), "::ffff:192.0.2.1");
  EXPECT_EQ(names.replace(Text::names, "10.1.2.3"), "192.0.2.1");
  EXPECT_EQ(names.replace(Text::names, "10.1.2.0/24"), "192.0.2.2/24");
  EXPECT_EQ(names.replace(Text::names, "fe80::1"), "2001:db8::1");
}

TEST(Pseudonyms, AreOneForEachOfManyAddresses) {
  Pseudonyms names;
  std::set<std::string> given;
  for (int i = 0; i < 2000; ++i)
    given.insert(
        names.replace(Text::names, "10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256)));
  EXPECT_EQ(given.size(), 2000U);
}

TEST(Pseudonyms, LeaveTheWordsOfGanesha) {
  Pseudonyms names;
  for (const auto* word : {"NFSv41", "NMLv4", "Open", "", "/", "*", "<unknown>"})
    EXPECT_EQ(names.replace(Text::names, word), word);
  for (const auto* text :
       {" Cache Hits: ", "NFSv3:", "\nNFSv4:", "Below Low Water Mark", "HASHTABLE", "15.2", "ab:"})
    EXPECT_EQ(names.replace(Text::mixed, text), text);
  EXPECT_TRUE(names.originals().empty());
}

TEST(Pseudonyms, ReplaceWhatStandsWithinAText) {
  Pseudonyms names;
  names.replace(Text::names, "/srv/my data");
  EXPECT_EQ(names.replace(Text::mixed, "no export '/srv/my data' for 10.1.2.3:798, ::1 (path=/tmp/x)"),
            "no export '/path/1' for 192.0.2.1:798, 2001:db8::1 (path=/path/2)");
  EXPECT_THAT(names.originals(), UnorderedElementsAre("/srv/my data", "/tmp/x", "10.1.2.3", "::1"));
}

TEST(Pseudonyms, AreNoneOfTheNamesOfTheSite) {
  Pseudonyms names({"/path/1", "192.0.2.1", "name-1"});
  EXPECT_EQ(names.replace(Text::names, "/srv"), "/path/2");
  EXPECT_EQ(names.replace(Text::names, "192.0.2.1"), "192.0.2.2");
  EXPECT_EQ(names.replace(Text::names, "tag"), "name-2");
}

}  // namespace
