// metadata.version: which level a new cluster has, which binaries may join, and what UpdateFeatures
// answers, in the order in which Kafka checks. Pure. Source: apache/kafka
// FeatureControlManager.java; the sentences as measured with Kafka 3.9.2 and 4.3.1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/api/kafka.h"

namespace twin::model::control {

// Levels with a meaning here (MetadataVersion.java).
constexpr int16_t kLevelNoShrinkBump = 12;         // 3.6-IV0: ISR shrink keeps the leader epoch
constexpr int16_t kLevelControllersRegister = 15;  // 3.7-IV0
constexpr int16_t kLevelDirectories = 17;          // 3.7-IV2: JBOD, KIP-858
constexpr int16_t kLevelElr = 23;                  // 4.0-IV1, KIP-966
constexpr int16_t kLevelElrByDefault = 27;         // 4.1-IV1: on for clusters created with it

struct RegisteredNode {
  api::NodeId node;
  std::string version;
};

struct FeatureUpdate {
  int16_t current = 0;
  api::UpdateFeaturesRequest request;
  RegisteredNode active_controller;
  std::vector<RegisteredNode> brokers;      // registered, fenced ones too
  std::vector<RegisteredNode> controllers;  // registered, running or not
  std::vector<api::NodeId> voters;          // of the quorum; all of them must be registered
};
struct FeatureVerdict {
  bool accepted = false;
  int16_t level = 0;
  std::string error;
};
FeatureVerdict check_update(const FeatureUpdate& update);

// Why a process with this binary cannot run on a log with this level; nullopt if it can.
std::optional<std::string> level_problem(std::string_view kafka_version, int16_t level);
// The level that a cluster is formatted with. `wanted` may be "" or unknown: the binary's own.
int16_t initial_level(std::string_view kafka_version, std::string_view wanted);
std::string level_name(int16_t level);
// a >= b, number by number.
bool version_at_least(std::string_view a, std::string_view b);
// Compares "2.1-IV2" by major and minor only: the level of detail at which a released binary knows
// every protocol version of its line.
bool protocol_newer(std::string_view protocol, std::string_view than);

}  // namespace twin::model::control
