// How the pods of a case are called, by the rules of the release that makes them.
#pragma once

#include <string>

#include "scenarios/campaign/case.h"

namespace twin::campaign {

inline std::string broker_pod(const Case& c, int32_t index) {
  return (c.zookeeper ? "my-cluster-kafka-" : "my-cluster-broker-") + std::to_string(index);
}

// A KRaft controller, whose ids follow those of the brokers, or a ZooKeeper server.
inline std::string quorum_pod(const Case& c, int32_t index) {
  return c.zookeeper ? "my-cluster-zookeeper-" + std::to_string(index)
                     : "my-cluster-controller-" + std::to_string(c.brokers + index);
}

}  // namespace twin::campaign
