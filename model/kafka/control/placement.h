// Where a new topic's replicas go: apache/kafka's StripedReplicaPlacer. Racks are taken in turn,
// inside a rack brokers are taken in turn, each new partition starts one rack further, and when
// every broker was first once, the order is shuffled. So replicas of a partition spread over racks,
// and leaders and replicas spread evenly over brokers. The ZooKeeper controller's AdminUtils
// spreads as evenly by another order; this one is used in both eras.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "controller/api/kafka.h"
#include "sim/draw.h"

namespace twin::model::control {

struct PlaceableBroker {
  api::NodeId node;
  std::string rack;
};

class StripedPlacer {
 public:
  // `entity` and `seed` decide the order; the same ones give the same placement.
  // REQUIRES: brokers not empty.
  StripedPlacer(const std::vector<PlaceableBroker>& brokers, uint64_t seed, uint64_t entity);
  // REQUIRES: 1 <= replication_factor <= number of brokers, <= NodeList::kMax.
  api::NodeList place(int32_t replication_factor);

 private:
  struct Rack {
    std::string name;
    std::vector<api::NodeId> brokers;
    size_t offset = 0;
    size_t index = 0;
    int64_t epoch = -1;
  };
  api::NodeId next_of(Rack& rack);
  void shuffle();

  std::vector<Rack> racks_;
  size_t brokers_ = 0;
  int64_t epoch_ = 0;
  size_t offset_ = 0;
  sim::DrawStream draws_;
};

}  // namespace twin::model::control
