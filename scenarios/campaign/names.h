// How the pods, claims and machines of a case are called, by the rules of the release that makes
// them and of the loader that makes the environment.
#pragma once

#include <string>

#include "scenarios/campaign/case.h"

namespace twin::campaign {

inline std::string broker_pod(const Case& c, int32_t index) {
  return (c.zookeeper ? "my-cluster-kafka-" : "my-cluster-broker-") + std::to_string(index);
}

// A KRaft controller, whose ids follow those of the brokers, or a ZooKeeper server.
inline std::string quorum_pod(const Case& c, int32_t index) {
  if (c.combined) return broker_pod(c, index);
  return c.zookeeper ? "my-cluster-zookeeper-" + std::to_string(index)
                     : "my-cluster-controller-" + std::to_string(c.brokers + index);
}

inline std::string quorum_end_of(const Case& c, int32_t index) {
  if (c.combined) return "controller:" + std::to_string(index);
  return c.zookeeper ? "zookeeper:" + std::to_string(index)
                     : "controller:" + std::to_string(c.brokers + index);
}

inline std::string claim_of(const std::string& pod) { return "data-0-" + pod; }

// The Kafka version in the image that pods are to run after the change.
std::string image_version(const Case& c);

constexpr int32_t kZones = 3;

inline int32_t machines_per_zone(const Case& c) {
  return (c.brokers + c.controllers + kZones - 1) / kZones + 1;
}

inline std::string zone(int32_t index) {
  return std::string("zone-") + static_cast<char>('a' + index);
}

// number: from 1.
inline std::string machine(int32_t zone_index, int32_t number) {
  return std::string("node-") + static_cast<char>('a' + zone_index) + "-" + std::to_string(number);
}

}  // namespace twin::campaign
