// Max-min fair sharing of resources among flows.
//
// A resource has a capacity per second (a NIC's send side, a disk's write side); a flow uses up to
// four resources at the same rate and may have a cap of its own. The max-min fair rates are those
// in which no flow can get more without taking from a flow that has no more: raise a common level,
// give every flow weight * level, and freeze a flow when its cap is reached or one of its resources
// is full, until all are frozen. The solution is unique.
//
// Changes are collected, and solve() recomputes only the flows connected to a change through shared
// resources. The rates are a function of the present resources and flows, not of the history:
// within a component everything is added up in ascending order of ids, so a rate is the same to the
// last bit however the state came about. Only + - * / on doubles are used.
//
// Units: capacities and rates are any quantity per second (bytes here). Weights are relative.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace twin::sim {

struct ResourceId {
  uint32_t value = 0;
  constexpr auto operator<=>(const ResourceId&) const = default;
};

// Ids of removed flows are given out again, the one freed last first.
struct FlowId {
  uint32_t value = 0;
  constexpr auto operator<=>(const FlowId&) const = default;
};

class FairShare {
 public:
  static constexpr double kNoCap = std::numeric_limits<double>::infinity();
  static constexpr size_t kMaxResourcesPerFlow = 4;

  // REQUIRES: capacity finite, >= 0. A capacity of zero stops every flow through the resource.
  ResourceId add_resource(double capacity_per_s);
  void set_capacity(ResourceId resource, double capacity_per_s);
  double capacity(ResourceId resource) const;

  // REQUIRES: at most four resources, all different; cap >= 0; weight > 0 and finite; a flow
  // without resources has a finite cap. The rate is 0 until the next solve().
  FlowId add_flow(std::span<const ResourceId> resources, double rate_cap = kNoCap,
                  double weight = 1);
  void remove_flow(FlowId flow);
  void set_cap(FlowId flow, double rate_cap);
  double cap(FlowId flow) const;

  // As of the last solve().
  double rate(FlowId flow) const;
  // The sum of the rates of the flows through a resource, as of the last solve().
  double used(ResourceId resource) const;
  // The flows through a resource, ascending. Valid until a flow is added or removed.
  std::span<const FlowId> flows_of(ResourceId resource) const;

  // Brings all rates up to date. Returns the flows whose rate changed, ascending by id; valid until
  // the next solve().
  std::span<const FlowId> solve();
  // Whether anything changed since the last solve().
  bool needs_solve() const { return !dirty_resources_.empty() || !dirty_flows_.empty(); }

  // How often solve() had something to do.
  uint64_t solves() const { return solve_number_; }

  size_t flow_count() const { return flows_.size() - free_flows_.size(); }
  size_t resource_count() const { return resources_.size(); }
  bool is_live(FlowId flow) const;

 private:
  struct Resource {
    double capacity = 0;
    double weight_total = 0;      // of its flows; valid if not weight_is_stale
    bool weight_is_stale = false;
    bool is_dirty = false;
    uint64_t visited = 0;         // the solve that reached it last
    uint32_t slot = 0;            // its place in the arrays of the current solve
    std::vector<FlowId> flows;    // ascending
  };

  struct Flow {
    double cap = kNoCap;
    double weight = 1;
    double rate = 0;
    double new_rate = 0;
    uint64_t visited = 0;
    std::array<uint32_t, kMaxResourcesPerFlow> resources{};
    uint8_t resource_count = 0;
    bool is_live = false;
    bool is_dirty = false;
    bool is_frozen = false;
  };

  // Flows with a cap, by the level at which it binds.
  struct Capped {
    double level;
    uint32_t flow;
  };

  Resource& at(ResourceId resource);
  const Resource& at(ResourceId resource) const;
  Flow& at(FlowId flow);
  const Flow& at(FlowId flow) const;
  void mark_dirty(ResourceId resource);
  void mark_dirty(FlowId flow);
  void collect_component();
  void visit_flow(uint32_t flow);
  void visit_resource(uint32_t resource);
  void prepare_resources();
  void prepare_caps();
  void fill();
  double least_fair() const;
  size_t freeze_capped(double level);
  size_t saturate(size_t slot, double level);
  void freeze(Flow& flow, double new_rate);
  void refresh_fair();
  void refresh_weight(Resource& resource);
  double unfrozen_weight(size_t slot) const;
  void collect_changed();

  std::vector<Resource> resources_;
  std::vector<Flow> flows_;
  std::vector<uint32_t> free_flows_;
  std::vector<uint32_t> dirty_resources_;
  std::vector<uint32_t> dirty_flows_;
  std::vector<FlowId> changed_;
  uint64_t solve_number_ = 0;

  // Scratch of solve(), kept to reuse the memory. Slots number the component's resources.
  std::vector<uint32_t> component_resources_;  // by slot; ascending after prepare_resources()
  std::vector<uint32_t> component_flows_;
  std::vector<Capped> capped_;
  size_t next_capped_ = 0;
  std::vector<double> remaining_;    // per slot: capacity not yet given to frozen flows
  std::vector<double> weight_;       // per slot: weight of the flows not yet frozen
  std::vector<double> fair_;         // per slot: remaining / weight, infinity when none is left
  std::vector<uint32_t> unfrozen_;   // per slot: number of flows not yet frozen
  std::vector<uint32_t> stale_;      // slots whose fair_ is to be computed again
  std::vector<uint8_t> is_stale_;    // per slot: whether it is in stale_
};

}  // namespace twin::sim
