// How fast machines that were lost are tainted, zone by zone (node_lifecycle_controller.go:
// ComputeZoneState, handleDisruption, the zones' rate limiters).
#include <algorithm>

#include "model/kube/nodes.h"
#include "sim/marks.h"

namespace twin::model::kube {

namespace {

using namespace sim::literals;

constexpr sim::Duration kToleration = 300_s;         // of not-ready and unreachable, by default
constexpr sim::Duration kTaintInterval = 10_s;       // node-eviction-rate 0.1 per second
constexpr sim::Duration kSecondaryInterval = 100_s;  // secondary-node-eviction-rate 0.01
constexpr sim::Duration kNoTaints{INT64_MAX};
constexpr int64_t kUnhealthyPercent = 55;
constexpr int64_t kLargeZone = 50;  // large-cluster-size-threshold

}  // namespace

Nodes::Zone& Nodes::zone_named(const std::string& name) {
  for (Zone& zone : zones_) {
    if (zone.name == name) return zone;
  }
  zones_.emplace_back().name = name;
  return zones_.back();
}

// A zone in which most machines are gone, but not all, is rather a network problem.
sim::Duration Nodes::taint_interval(const std::string& zone) const {
  int64_t all = 0, lost = 0, ready_anywhere = 0;
  for (const Machine& machine : machines_) {
    if (!machine.registered) continue;
    ready_anywhere += machine.ready ? 1 : 0;
    if (machine.zone != zone) continue;
    ++all;
    lost += machine.ready ? 0 : 1;
  }
  if (ready_anywhere == 0) return kNoTaints;
  const bool partial = lost < all && lost > 2 && lost * 100 >= all * kUnhealthyPercent;
  if (!partial) return kTaintInterval;
  return all > kLargeZone ? kSecondaryInterval : kNoTaints;
}

// After a machine was lost or came back: zones may be in another state than before.
void Nodes::look_at_zones() {
  const bool none_ready = std::none_of(machines_.begin(), machines_.end(),
                                       [](const Machine& m) { return m.registered && m.ready; });
  for (uint32_t index = 0; none_ready && index < machines_.size(); ++index) {
    Machine& machine = machines_[index];
    if (!machine.tainted) continue;
    TWIN_MARK("kube_all_zones_lost");
    machine.tainted = false;
    ++machine.taint_generation;
    zone_named(machine.zone).waiting.push_back(index);
    write(machine);
  }
  for (uint32_t zone = 0; zone < zones_.size(); ++zone) arm(zone);
}

void Nodes::arm(uint32_t index) {
  Zone& zone = zones_[index];
  std::erase_if(zone.waiting, [this](uint32_t each) {
    return machines_[each].ready || machines_[each].tainted || !machines_[each].registered;
  });
  if (zone.armed || zone.waiting.empty()) return;
  if (taint_interval(zone.name) == kNoTaints) {
    TWIN_MARK("kube_zone_evictions_stopped");
    return;
  }
  zone.armed = true;
  const sim::Time now = context_.kernel.now();
  step(index, Step::taint, std::max(now, zone.next) - now, 0);
}

void Nodes::taint_next(uint32_t index) {
  Zone& zone = zones_[index];
  zone.armed = false;
  const sim::Duration interval = taint_interval(zone.name);
  if (interval == kNoTaints) {  // looked at again when a machine comes or goes
    TWIN_MARK("kube_zone_evictions_stopped");
    return;
  }
  std::erase_if(zone.waiting, [this](uint32_t each) {
    return machines_[each].ready || machines_[each].tainted || !machines_[each].registered;
  });
  if (zone.waiting.empty()) return;
  const uint32_t lost = zone.waiting.front();
  zone.waiting.pop_front();
  Machine& machine = machines_[lost];
  machine.tainted = true;
  write(machine);
  step(lost, Step::evict, kToleration, machine.taint_generation);
  zone.next = context_.kernel.now() + interval;
  arm(index);
}

}  // namespace twin::model::kube
