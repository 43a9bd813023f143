// What a scenario runs on when it says little: named hardware profiles, and zones, nodes and a
// StorageClass that give every pod of its manifests a place.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "model/hardware.h"
#include "scenarios/runner/scenario.h"

namespace twin::scenario {

// The first one is the default. nullptr: unknown.
const std::vector<model::Hardware>& hardware_profiles();
const model::Hardware* find_hardware(std::string_view name);

// Pods of the Kafka clusters that the manifests ask for: nodes of all pools, or brokers, and
// ZooKeeper servers.
int32_t pods_wanted(const std::vector<std::shared_ptr<api::Object>>& objects);

// "zone-a", "zone-b", ...
std::string default_zone_name(int32_t index);

}  // namespace twin::scenario
