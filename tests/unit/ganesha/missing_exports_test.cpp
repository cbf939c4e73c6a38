#include "ganesha/missing_exports.hpp"

#include <gmock/gmock.h>

namespace {

using namespace ganesha;
using testing::ElementsAre;
using testing::IsEmpty;

const ConfiguredExport one{1, "/one", "/one", ""};
const ConfiguredExport two{2, "/two", "/two", ""};
const ConfiguredExport other_two{2, "/other", "/other", ""};
const ConfiguredExport without_id{std::nullopt, "/lost", "/lost", ""};

TEST(MissingExports, AreThoseThatAreConfiguredButNotServed) {
  EXPECT_THAT(missing_exports({one, two}, {0, 1}), ElementsAre(two));
  EXPECT_THAT(missing_exports({one, two}, {}), ElementsAre(one, two));
}

TEST(MissingExports, AreNoneWhereAllAreServed) {
  EXPECT_THAT(missing_exports({one, two}, {2, 1, 0}), IsEmpty());
  EXPECT_THAT(missing_exports({}, {0, 5}), IsEmpty());
}

TEST(MissingExports, CountThoseWithoutAnId) {
  EXPECT_THAT(missing_exports({without_id, one}, {0, 1}), ElementsAre(without_id));
}

TEST(MissingExports, CountTheSecondOfAnId) {
  EXPECT_THAT(missing_exports({two, other_two}, {2}), ElementsAre(other_two));
  EXPECT_THAT(missing_exports({two, two}, {2}), IsEmpty()) << "it is the same one";
}

TEST(MissingExports, AreNamedByIdAndPath) {
  EXPECT_EQ(name_of(one), "1 (/one)");
  EXPECT_EQ(name_of(without_id), "without a valid Export_Id (/lost)");
  EXPECT_EQ(name_of({5, "", "/p", ""}), "5");
}

}  // namespace
