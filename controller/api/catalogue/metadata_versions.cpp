// Metadata versions. Source: server-common/.../MetadataVersion.java up to 4.0; 4.1 and 4.2 from the
// documentation, their levels by counting on; 4.3-IV0 changes the format of records (upgrade
// notes).
#include "controller/api/catalogue/versions.h"

namespace twin::api {

const std::vector<MetadataVersion>& all_metadata_versions() {
  static const std::vector<MetadataVersion> versions = {
      {"3.0-IV1", 1, true},
      {"3.1-IV0", 2, false},
      {"3.2-IV0", 3, true},
      {"3.3-IV0", 4, false},
      {"3.3-IV1", 5, true},
      {"3.3-IV2", 6, true},
      {"3.3-IV3", 7, true},
      {"3.4-IV0", 8, true},
      {"3.5-IV0", 9, false},
      {"3.5-IV1", 10, false},
      {"3.5-IV2", 11, true},
      {"3.6-IV0", 12, false},
      {"3.6-IV1", 13, true},
      {"3.6-IV2", 14, true},
      {"3.7-IV0", 15, true},
      {"3.7-IV1", 16, false},
      {"3.7-IV2", 17, true},
      {"3.7-IV3", 18, false},
      {"3.7-IV4", 19, false},
      {"3.8-IV0", 20, false},
      {"3.9-IV0", 21, false},
      {"4.0-IV0", 22, false},
      {"4.0-IV1", 23, true},
      {"4.0-IV2", 24, false},
      {"4.0-IV3", 25, false},
      {"4.1-IV0", 26, false},
      {"4.1-IV1", 27, false},
      {"4.2-IV0", 28, false},
      {"4.2-IV1", 29, false},
      {"4.3-IV0", 30, true},
  };
  return versions;
}

// "4.3": the last one of the release.
const MetadataVersion* find_metadata_version(std::string_view name) {
  const MetadataVersion* found = nullptr;
  for (const MetadataVersion& version : all_metadata_versions()) {
    if (version.name == name) return &version;
    const size_t dash = version.name.find('-');
    if (version.name.substr(0, dash) == name) found = &version;
  }
  return found;
}

// A binary knows every level up to its own release's last; servers of 4.x start at 3.3-IV3 (7),
// those before at 3.0-IV1 (1).
LevelRange supported_levels(std::string_view kafka_version) {
  LevelRange range;
  range.min = compare_versions(kafka_version, "4.0") >= 0 ? 7 : 1;
  for (const MetadataVersion& version : all_metadata_versions()) {
    const std::string_view release = version.name.substr(0, version.name.find('-'));
    const size_t second = kafka_version.find('.', kafka_version.find('.') + 1);
    if (compare_versions(release, kafka_version.substr(0, second)) <= 0) range.max = version.level;
  }
  return range;
}

bool safe_downgrade_possible(int16_t current_level, int16_t target_level) {
  for (const MetadataVersion& version : all_metadata_versions()) {
    const bool given_up = version.level > target_level && version.level <= current_level;
    if (given_up && version.changed) return false;
  }
  return true;
}

}  // namespace twin::api
