// Metadata versions: their levels, and across which of them there is no way back
// (FeatureControlManager: a downgrade is possible only when no version in (target, current]
// changed the metadata).
#include <gtest/gtest.h>

#include "controller/api/catalogue/versions.h"

namespace twin::api {
namespace {

int16_t level(const char* name) {
  const MetadataVersion* found = find_metadata_version(name);
  return found == nullptr ? int16_t{-1} : found->level;
}

TEST(MetadataVersions, HaveTheLevelsOfMetadataVersionJava) {
  const std::vector<std::pair<const char*, int16_t>> known{
      {"3.0-IV1", 1},  {"3.3-IV3", 7},  {"3.5-IV2", 11}, {"3.6-IV2", 14},
      {"3.7-IV4", 19}, {"3.8", 20},     {"3.9", 21},     {"4.0-IV1", 23},
      {"4.0", 25},     {"4.2-IV1", 29}, {"4.3-IV0", 30}};
  for (const auto& [name, expected] : known) EXPECT_EQ(level(name), expected) << name;
  EXPECT_EQ(level("2.8"), -1);
  EXPECT_EQ(level("5.0"), -1);
}

TEST(MetadataVersions, GoBackOnlyWhereNothingChanged) {
  struct Way {
    const char* from;
    const char* to;
    bool possible;
  };
  // 22, 24 and 25 changed nothing, 23 (ELR) did; 18 to 21 changed nothing, 17 did; 30 did.
  const std::vector<Way> ways{{"3.9", "3.7-IV2", true},  {"3.9", "3.7-IV1", false},
                              {"4.0", "4.0-IV1", true},  {"4.0", "4.0-IV0", false},
                              {"4.2-IV1", "4.0", true},  {"4.3-IV0", "4.2-IV1", false},
                              {"4.2-IV1", "3.9", false}, {"4.3-IV0", "4.3-IV0", true}};
  for (const Way& way : ways) {
    EXPECT_EQ(safe_downgrade_possible(level(way.from), level(way.to)), way.possible)
        << way.from << " to " << way.to;
  }
}

TEST(MetadataVersions, ABinaryKnowsThoseUpToItsOwnRelease) {
  EXPECT_EQ(supported_levels("3.9.1").max, 21);
  EXPECT_EQ(supported_levels("3.9.1").min, 1);
  EXPECT_EQ(supported_levels("4.0.0").max, 25);
  EXPECT_EQ(supported_levels("4.0.0").min, 7);  // 3.3-IV3
  EXPECT_EQ(supported_levels("4.3.1").max, 30);
}

TEST(Versions, AreComparedNumberByNumber) {
  EXPECT_TRUE(compare_versions("2.10.0", "2.9.1") > 0);
  EXPECT_TRUE(compare_versions("2.1", "2.1.0") == 0);
  EXPECT_TRUE(compare_versions("4.2-IV1", "4.2-IV0") > 0);
  EXPECT_TRUE(compare_versions("2.0", "2.1.0") < 0);
}

}  // namespace
}  // namespace twin::api
