// A cluster on StatefulSets with a ZooKeeper ensemble: what Strimzi ran until 0.34.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "controller/api/strimzi.h"
#include "controller/config/kafka_config.h"
#include "controller/upgrade/version_change.h"

namespace twin::controller {

struct StatefulCluster {
  int32_t brokers = 0;
  std::string version;  // the binaries that pods made from now on run
  std::shared_ptr<api::StatefulSet> kafka;
  std::shared_ptr<api::StatefulSet> zookeeper;
};

}  // namespace twin::controller
