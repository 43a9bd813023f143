#include "model/kafka/data/volumes.h"

#include <algorithm>
#include <utility>

#include "sim/assert.h"

namespace twin::model::data {

std::vector<BrokerVolumes::Disk>& BrokerVolumes::of(api::NodeId broker) {
  TWIN_ASSERT(broker.valid());
  const auto index = static_cast<size_t>(broker.value);
  if (index >= disks_.size()) disks_.resize(index + 1);
  return disks_[index];
}

std::vector<uint16_t> BrokerVolumes::mount(api::NodeId broker,
                                           const std::vector<std::string>& names) {
  std::vector<Disk>& disks = of(broker);
  std::vector<uint16_t> empty;
  for (size_t i = 0; i < names.size(); ++i) {
    const auto index = static_cast<uint16_t>(i);
    const bool lost = lost_.erase(names[i]) > 0;
    if (i >= disks.size()) {
      disks.push_back({names[i], 0, failed_.contains(names[i])});
      ever_failed_ |= disks.back().offline;
      continue;
    }
    disks[i].offline = failed_.contains(names[i]);
    ever_failed_ |= disks[i].offline;
    // Logs were placed before the first mount when the run began with data.
    const bool replaced = !disks[i].name.empty() && disks[i].name != names[i];
    disks[i].name = names[i];
    if (lost || replaced) empty.push_back(index);
  }
  return empty;
}

uint16_t BrokerVolumes::place(api::NodeId broker) {
  std::vector<Disk>& disks = of(broker);
  if (disks.empty()) disks.emplace_back();
  const auto fewest =
      std::min_element(disks.begin(), disks.end(), [](const Disk& a, const Disk& b) {
        return std::pair(a.offline, a.logs) < std::pair(b.offline, b.logs);
      });
  ++fewest->logs;
  return static_cast<uint16_t>(fewest - disks.begin());
}

void BrokerVolumes::remove(api::NodeId broker, uint16_t volume) {
  Disk& disk = of(broker).at(volume);
  TWIN_ASSERT_LT(int64_t{0}, disk.logs);
  --disk.logs;
}

std::optional<BrokerVolumes::Place> BrokerVolumes::place_of(const std::string& volume) const {
  for (size_t broker = 0; broker < disks_.size(); ++broker) {
    for (size_t i = 0; i < disks_[broker].size(); ++i) {
      if (disks_[broker][i].name != volume) continue;
      return Place{{static_cast<int32_t>(broker)}, static_cast<uint16_t>(i)};
    }
  }
  return std::nullopt;
}

void BrokerVolumes::set_offline(const Place& place) {
  of(place.broker).at(place.directory).offline = true;
  ever_failed_ = true;
}

bool BrokerVolumes::offline(api::NodeId broker, uint16_t directory) const {
  if (!ever_failed_) return false;
  const auto index = static_cast<size_t>(broker.value);
  return index < disks_.size() && directory < disks_[index].size() &&
         disks_[index][directory].offline;
}

bool BrokerVolumes::any_offline(api::NodeId broker) const {
  const auto index = static_cast<size_t>(broker.value);
  return index < disks_.size() && std::any_of(disks_[index].begin(), disks_[index].end(),
                                              [](const Disk& disk) { return disk.offline; });
}

bool BrokerVolumes::all_offline(api::NodeId broker) const {
  const auto index = static_cast<size_t>(broker.value);
  return index < disks_.size() && !disks_[index].empty() &&
         std::all_of(disks_[index].begin(), disks_[index].end(),
                     [](const Disk& disk) { return disk.offline; });
}

size_t BrokerVolumes::count(api::NodeId broker) const {
  const auto index = static_cast<size_t>(broker.value);
  return index < disks_.size() ? disks_[index].size() : 0;
}

}  // namespace twin::model::data
