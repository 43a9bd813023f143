// Kafka releases, the protocol, message format and metadata version of each, and how versions
// compare. Sources: release notes and version tables of Apache Kafka; Strimzi's `kafka-versions`.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>
#include <vector>

namespace twin::api {

// "2.1", "4.2-IV1", "3.9.2": compared number by number; a missing patch or IV counts as 0.
std::strong_ordering compare_versions(std::string_view a, std::string_view b);

struct KafkaRelease {
  std::string_view version;         // "2.1.0"
  std::string_view protocol;        // inter.broker.protocol.version, "" from 4.0
  std::string_view message_format;  // log.message.format.version, "" from 4.0
  std::string_view metadata;        // metadata.version, "" before 3.5 as Strimzi lists them
};
const KafkaRelease* find_release(std::string_view version);
const std::vector<KafkaRelease>& all_releases();  // ascending

// A metadata.version: its feature level and whether it changed the format of records, which is what
// makes a downgrade across it impossible.
struct MetadataVersion {
  std::string_view name;  // "4.3-IV0"
  int16_t level = 0;
  bool changed = false;
};
const std::vector<MetadataVersion>& all_metadata_versions();  // ascending
// Takes "4.3-IV0" and the short forms "4.3" (the release's final one).
const MetadataVersion* find_metadata_version(std::string_view name);
// Highest and lowest level that a binary supports.
struct LevelRange {
  int16_t min = 0;
  int16_t max = 0;
};
LevelRange supported_levels(std::string_view kafka_version);
// A safe downgrade is possible only when no version in (target, current] changed the format.
bool safe_downgrade_possible(int16_t current_level, int16_t target_level);

}  // namespace twin::api
