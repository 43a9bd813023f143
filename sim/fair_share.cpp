#include "sim/fair_share.h"

#include <algorithm>

#include "sim/assert.h"

namespace twin::sim {
namespace {

// A change that touches this part of all ids is put in order by walking the ids, not by sorting.
constexpr size_t kScanFraction = 8;

bool is_rate(double value) { return value >= 0 && value < FairShare::kNoCap; }

}  // namespace

FairShare::Resource& FairShare::at(ResourceId resource) {
  TWIN_ASSERT_LT(resource.value, resources_.size());
  return resources_[resource.value];
}

const FairShare::Resource& FairShare::at(ResourceId resource) const {
  TWIN_ASSERT_LT(resource.value, resources_.size());
  return resources_[resource.value];
}

FairShare::Flow& FairShare::at(FlowId flow) {
  TWIN_ASSERT_MSG(is_live(flow), "no such flow");
  return flows_[flow.value];
}

const FairShare::Flow& FairShare::at(FlowId flow) const {
  TWIN_ASSERT_MSG(is_live(flow), "no such flow");
  return flows_[flow.value];
}

ResourceId FairShare::add_resource(double capacity_per_s) {
  TWIN_ASSERT(is_rate(capacity_per_s));
  TWIN_ASSERT_LT(resources_.size(), UINT32_MAX);
  Resource& fresh = resources_.emplace_back();
  fresh.capacity = capacity_per_s;
  return ResourceId{static_cast<uint32_t>(resources_.size() - 1)};
}

void FairShare::set_capacity(ResourceId resource, double capacity_per_s) {
  TWIN_ASSERT(is_rate(capacity_per_s));
  Resource& changed = at(resource);
  if (changed.capacity == capacity_per_s) return;
  changed.capacity = capacity_per_s;
  mark_dirty(resource);
}

double FairShare::capacity(ResourceId resource) const { return at(resource).capacity; }

FlowId FairShare::add_flow(std::span<const ResourceId> resources, double rate_cap, double weight) {
  TWIN_ASSERT_LE(resources.size(), kMaxResourcesPerFlow);
  TWIN_ASSERT(rate_cap >= 0);
  TWIN_ASSERT(weight > 0 && is_rate(weight));
  TWIN_ASSERT_MSG(!resources.empty() || is_rate(rate_cap), "nothing limits this flow");
  if (free_flows_.empty()) {
    TWIN_ASSERT_LT(flows_.size(), UINT32_MAX);
    free_flows_.push_back(static_cast<uint32_t>(flows_.size()));
    flows_.emplace_back();
  }
  const FlowId id{free_flows_.back()};
  free_flows_.pop_back();
  Flow& flow = flows_[id.value];
  TWIN_ASSERT(!flow.is_live);
  flow.is_live = true;
  flow.cap = rate_cap;
  flow.weight = weight;
  flow.rate = 0;
  flow.resource_count = static_cast<uint8_t>(resources.size());
  for (size_t i = 0; i < resources.size(); ++i) {
    flow.resources[i] = resources[i].value;
    Resource& used = at(resources[i]);
    const auto place = std::lower_bound(used.flows.begin(), used.flows.end(), id);
    TWIN_ASSERT_MSG(place == used.flows.end() || *place != id, "a resource is named twice");
    used.flows.insert(place, id);
    used.weight_is_stale = true;
  }
  mark_dirty(id);
  return id;
}

void FairShare::remove_flow(FlowId id) {
  Flow& flow = at(id);
  for (size_t i = 0; i < flow.resource_count; ++i) {
    const ResourceId resource{flow.resources[i]};
    Resource& used = at(resource);
    const auto place = std::lower_bound(used.flows.begin(), used.flows.end(), id);
    TWIN_ASSERT(place != used.flows.end() && *place == id);
    used.flows.erase(place);
    used.weight_is_stale = true;
    mark_dirty(resource);
  }
  flow.is_live = false;
  flow.rate = 0;
  flow.resource_count = 0;
  free_flows_.push_back(id.value);
}

void FairShare::set_cap(FlowId id, double rate_cap) {
  TWIN_ASSERT(rate_cap >= 0);
  Flow& flow = at(id);
  TWIN_ASSERT_MSG(flow.resource_count > 0 || is_rate(rate_cap), "nothing limits this flow");
  if (flow.cap == rate_cap) return;
  flow.cap = rate_cap;
  mark_dirty(id);
}

double FairShare::cap(FlowId flow) const { return at(flow).cap; }

double FairShare::rate(FlowId flow) const { return at(flow).rate; }

double FairShare::used(ResourceId resource) const {
  double sum = 0;
  for (const FlowId flow : at(resource).flows) sum += at(flow).rate;
  return sum;
}

std::span<const FlowId> FairShare::flows_of(ResourceId resource) const {
  return at(resource).flows;
}

bool FairShare::is_live(FlowId flow) const {
  return flow.value < flows_.size() && flows_[flow.value].is_live;
}

void FairShare::mark_dirty(ResourceId id) {
  Resource& resource = at(id);
  if (resource.is_dirty) return;
  resource.is_dirty = true;
  dirty_resources_.push_back(id.value);
}

// The flag stays with a removed flow until the next solve, so an id is listed once even if reused.
void FairShare::mark_dirty(FlowId id) {
  Flow& flow = at(id);
  if (flow.is_dirty) return;
  flow.is_dirty = true;
  dirty_flows_.push_back(id.value);
}

std::span<const FlowId> FairShare::solve() {
  changed_.clear();
  if (!needs_solve()) return changed_;
  ++solve_number_;
  collect_component();
  prepare_resources();
  prepare_caps();
  fill();
  collect_changed();
  return changed_;
}

// Everything connected to a change, found breadth first.
void FairShare::collect_component() {
  component_resources_.clear();
  component_flows_.clear();
  for (const uint32_t resource : dirty_resources_) {
    resources_[resource].is_dirty = false;
    visit_resource(resource);
  }
  for (const uint32_t flow : dirty_flows_) {
    flows_[flow].is_dirty = false;
    if (flows_[flow].is_live) visit_flow(flow);
  }
  dirty_resources_.clear();
  dirty_flows_.clear();
  for (size_t i = 0; i < component_resources_.size(); ++i) {
    for (const FlowId flow : resources_[component_resources_[i]].flows) visit_flow(flow.value);
  }
}

void FairShare::visit_resource(uint32_t index) {
  Resource& resource = resources_[index];
  if (resource.visited == solve_number_) return;
  resource.visited = solve_number_;
  component_resources_.push_back(index);
}

void FairShare::visit_flow(uint32_t index) {
  Flow& flow = flows_[index];
  if (flow.visited == solve_number_) return;
  flow.visited = solve_number_;
  flow.is_frozen = false;
  component_flows_.push_back(index);
  for (size_t i = 0; i < flow.resource_count; ++i) visit_resource(flow.resources[i]);
}

void FairShare::prepare_resources() {
  if (component_resources_.size() * kScanFraction >= resources_.size()) {
    component_resources_.clear();
    for (uint32_t i = 0; i < resources_.size(); ++i) {
      if (resources_[i].visited == solve_number_) component_resources_.push_back(i);
    }
  } else {
    std::sort(component_resources_.begin(), component_resources_.end());
  }
  const size_t slots = component_resources_.size();
  remaining_.resize(slots);
  weight_.resize(slots);
  fair_.resize(slots);
  unfrozen_.resize(slots);
  is_stale_.assign(slots, 0);
  stale_.clear();
  for (size_t slot = 0; slot < slots; ++slot) {
    Resource& resource = resources_[component_resources_[slot]];
    if (resource.weight_is_stale) refresh_weight(resource);
    resource.slot = static_cast<uint32_t>(slot);
    remaining_[slot] = resource.capacity;
    weight_[slot] = resource.weight_total;
    unfrozen_[slot] = static_cast<uint32_t>(resource.flows.size());
    fair_[slot] = resource.flows.empty() ? kNoCap : resource.capacity / resource.weight_total;
  }
}

void FairShare::refresh_weight(Resource& resource) {
  resource.weight_total = 0;
  for (const FlowId flow : resource.flows) resource.weight_total += flows_[flow.value].weight;
  resource.weight_is_stale = false;
}

// A cap that is not below the capacity of each of the flow's resources never binds first.
void FairShare::prepare_caps() {
  capped_.clear();
  next_capped_ = 0;
  for (const uint32_t index : component_flows_) {
    const Flow& flow = flows_[index];
    double least_capacity = kNoCap;
    if (flow.cap == kNoCap) continue;
    for (size_t i = 0; i < flow.resource_count; ++i) {
      least_capacity = std::min(least_capacity, resources_[flow.resources[i]].capacity);
    }
    if (flow.cap < least_capacity) capped_.push_back(Capped{flow.cap / flow.weight, index});
  }
  std::sort(capped_.begin(), capped_.end(), [](const Capped& a, const Capped& b) {
    return a.level != b.level ? a.level < b.level : a.flow < b.flow;
  });
}

// Progressive filling. Freezing a flow at or below the present level can only raise the fair level
// of what remains, so all caps up to the level, and all resources exactly at it, go in one round.
void FairShare::fill() {
  size_t left = component_flows_.size();
  while (left > 0) {
    const double level = least_fair();
    size_t frozen = freeze_capped(level);
    if (frozen == 0) {
      TWIN_ASSERT_MSG(level < kNoCap, "a flow that nothing limits");
      for (size_t slot = 0; slot < fair_.size(); ++slot) {
        if (fair_[slot] == level) frozen += saturate(slot, level);
      }
    }
    TWIN_ASSERT(frozen > 0 && frozen <= left);
    left -= frozen;
    refresh_fair();
  }
}

// Four running minima, because one would wait for its own last comparison.
double FairShare::least_fair() const {
  double least[4] = {kNoCap, kNoCap, kNoCap, kNoCap};
  size_t slot = 0;
  for (; slot + 4 <= fair_.size(); slot += 4) {
    for (size_t lane = 0; lane < 4; ++lane) {
      least[lane] = fair_[slot + lane] < least[lane] ? fair_[slot + lane] : least[lane];
    }
  }
  for (; slot < fair_.size(); ++slot) least[0] = std::min(least[0], fair_[slot]);
  return std::min(std::min(least[0], least[1]), std::min(least[2], least[3]));
}

size_t FairShare::freeze_capped(double level) {
  size_t frozen = 0;
  for (; next_capped_ < capped_.size() && capped_[next_capped_].level <= level; ++next_capped_) {
    Flow& flow = flows_[capped_[next_capped_].flow];
    if (flow.is_frozen) continue;
    freeze(flow, flow.cap);
    ++frozen;
  }
  return frozen;
}

// The resource is full at this level: its flows that are still rising stop here.
size_t FairShare::saturate(size_t slot, double level) {
  if (unfrozen_[slot] == 0) return 0;  // emptied by another resource at the same level
  const Resource& resource = resources_[component_resources_[slot]];
  size_t frozen = 0;
  for (const FlowId id : resource.flows) {
    Flow& flow = flows_[id.value];
    if (flow.is_frozen) continue;
    freeze(flow, std::min(flow.weight * level, flow.cap));
    ++frozen;
  }
  TWIN_ASSERT_EQ(unfrozen_[slot], 0);
  return frozen;
}

void FairShare::freeze(Flow& flow, double new_rate) {
  flow.is_frozen = true;
  flow.new_rate = new_rate;
  for (size_t i = 0; i < flow.resource_count; ++i) {
    const uint32_t slot = resources_[flow.resources[i]].slot;
    remaining_[slot] -= new_rate;
    weight_[slot] -= flow.weight;
    --unfrozen_[slot];
    if (is_stale_[slot] == 0) {
      is_stale_[slot] = 1;
      stale_.push_back(slot);
    }
  }
}

void FairShare::refresh_fair() {
  for (const uint32_t slot : stale_) {
    is_stale_[slot] = 0;
    if (unfrozen_[slot] == 0) {
      fair_[slot] = kNoCap;
      continue;
    }
    // Subtracting loses the small weights next to large ones: add up afresh before it matters.
    constexpr double kTrusted = 1e-6;
    const double total = resources_[component_resources_[slot]].weight_total;
    if (weight_[slot] < kTrusted * total) weight_[slot] = unfrozen_weight(slot);
    fair_[slot] = std::max(remaining_[slot], 0.0) / weight_[slot];
  }
  stale_.clear();
}

double FairShare::unfrozen_weight(size_t slot) const {
  double sum = 0;
  for (const FlowId id : resources_[component_resources_[slot]].flows) {
    const Flow& flow = flows_[id.value];
    if (!flow.is_frozen) sum += flow.weight;
  }
  TWIN_ASSERT(sum > 0);
  return sum;
}

void FairShare::collect_changed() {
  for (const uint32_t index : component_flows_) {
    Flow& flow = flows_[index];
    TWIN_ASSERT(flow.is_frozen && is_rate(flow.new_rate));
    if (flow.new_rate == flow.rate) continue;
    flow.rate = flow.new_rate;
    changed_.push_back(FlowId{index});
  }
  std::sort(changed_.begin(), changed_.end());
}

}  // namespace twin::sim
