#include "model/kafka/control/placement.h"

#include <algorithm>

#include "sim/assert.h"

namespace twin::model::control {

StripedPlacer::StripedPlacer(const std::vector<PlaceableBroker>& brokers, uint64_t seed,
                             uint64_t entity)
    : brokers_(brokers.size()), draws_(seed, sim::purpose("replica_placement"), entity) {
  TWIN_ASSERT(!brokers.empty());
  for (const PlaceableBroker& broker : brokers) {
    auto rack = std::ranges::find(racks_, broker.rack, &Rack::name);
    if (rack == racks_.end()) rack = racks_.insert(racks_.end(), Rack{broker.rack, {}});
    rack->brokers.push_back(broker.node);
  }
  std::ranges::sort(racks_, {}, &Rack::name);
  for (Rack& rack : racks_) {
    std::ranges::sort(rack.brokers);
    rack.offset = static_cast<size_t>(draws_.below(rack.brokers.size()));
  }
  offset_ = static_cast<size_t>(draws_.below(racks_.size()));
}

// The next broker of a rack for the partition being placed; invalid when all were taken.
api::NodeId StripedPlacer::next_of(Rack& rack) {
  if (rack.epoch != epoch_) {
    rack.epoch = epoch_;
    rack.index = 0;
    rack.offset = (rack.offset + 1) % rack.brokers.size();
  }
  if (rack.index >= rack.brokers.size()) return {};
  return rack.brokers[(rack.index++ + rack.offset) % rack.brokers.size()];
}

// Fisher-Yates inside each rack, so that the brokers that follow one another change.
void StripedPlacer::shuffle() {
  for (Rack& rack : racks_) {
    for (size_t i = rack.brokers.size(); i > 1; --i)
      std::swap(rack.brokers[i - 1], rack.brokers[static_cast<size_t>(draws_.below(i))]);
    rack.epoch = -1;
  }
}

api::NodeList StripedPlacer::place(int32_t replication_factor) {
  TWIN_ASSERT_LT(0, replication_factor);
  TWIN_ASSERT_LE(replication_factor, brokers_);
  TWIN_ASSERT_LE(replication_factor, api::NodeList::kMax);
  if (epoch_ > 0 && static_cast<size_t>(epoch_) % brokers_ == 0) shuffle();
  api::NodeList list;
  for (size_t at = offset_; static_cast<int32_t>(list.size) < replication_factor; ++at) {
    const api::NodeId node = next_of(racks_[at % racks_.size()]);
    if (node.valid()) list.push(node);
  }
  offset_ = (offset_ + 1) % racks_.size();
  ++epoch_;
  return list;
}

}  // namespace twin::model::control
