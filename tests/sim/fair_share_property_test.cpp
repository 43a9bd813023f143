// Generated networks and changes: against the textbook, against the definition of max-min, and
// for independence of the history.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "sim/draw.h"
#include "sim/fair_share.h"
#include "tests/sim/fair_share_reference.h"

namespace twin::sim {
namespace {

constexpr double kTolerance = 1e-9;

bool is_close(double a, double b) {
  return std::abs(a - b) <= kTolerance * std::max({1.0, std::abs(a), std::abs(b)});
}

// A network under change, mirrored as plain data for the reference.
class Network {
 public:
  explicit Network(uint64_t seed, size_t resources)
      : draws_(seed, purpose("fair_share_network"), 0) {
    for (size_t i = 0; i < resources; ++i) {
      capacities_.push_back(drawn_capacity());
      share.add_resource(capacities_.back());
    }
  }

  void change() {
    const uint64_t kind = draws_.below(8);
    if (kind < 4 || live_.empty()) return add();
    const size_t at = static_cast<size_t>(draws_.below(live_.size()));
    const FlowId flow = live_[at];
    if (kind < 6) {
      share.remove_flow(flow);
      live_.erase(live_.begin() + static_cast<ptrdiff_t>(at));
    } else if (kind == 6) {
      mirror_[flow.value].cap = drawn_cap();
      share.set_cap(flow, mirror_[flow.value].cap);
    } else {
      const size_t resource = static_cast<size_t>(draws_.below(capacities_.size()));
      capacities_[resource] = drawn_capacity();
      share.set_capacity(ResourceId{static_cast<uint32_t>(resource)}, capacities_[resource]);
    }
  }

  // Marks every resource as changed without changing it.
  void touch_everything() {
    for (uint32_t i = 0; i < capacities_.size(); ++i) {
      share.set_capacity(ResourceId{i}, capacities_[i] + 1);
      share.set_capacity(ResourceId{i}, capacities_[i]);
    }
  }

  bool agrees_with_the_textbook() const {
    std::vector<testing::ReferenceFlow> flows;
    for (const FlowId flow : live_) flows.push_back(mirror_[flow.value]);
    const std::vector<double> expected = testing::reference_rates(capacities_, flows);
    for (size_t i = 0; i < live_.size(); ++i) {
      if (!is_close(share.rate(live_[i]), expected[i])) return false;
    }
    return true;
  }

  // No resource is overfull; each flow is at its cap, or goes through a full resource on which no
  // flow has more per weight.
  bool is_max_min_fair() const {
    for (uint32_t i = 0; i < capacities_.size(); ++i) {
      if (share.used(ResourceId{i}) > capacities_[i] * (1 + kTolerance)) return false;
    }
    return std::all_of(live_.begin(), live_.end(), [&](FlowId flow) {
      const testing::ReferenceFlow& mirror = mirror_[flow.value];
      if (is_close(share.rate(flow), mirror.cap)) return true;
      return std::any_of(mirror.resources.begin(), mirror.resources.end(),
                         [&](size_t resource) { return is_bottleneck(flow, resource); });
    });
  }

  const std::vector<FlowId>& live() const { return live_; }

  FairShare share;

 private:
  double drawn_capacity() { return static_cast<double>(draws_.range_inclusive(0, 40)) * 2.5; }
  double drawn_cap() {
    if (draws_.chance({1, 2})) return FairShare::kNoCap;
    return static_cast<double>(draws_.range_inclusive(0, 30));
  }

  void add() {
    testing::ReferenceFlow flow;
    std::vector<ResourceId> ids;
    const uint64_t count = 1 + draws_.below(std::min<uint64_t>(4, capacities_.size()));
    while (ids.size() < count) {
      const auto resource = static_cast<uint32_t>(draws_.below(capacities_.size()));
      if (std::count(ids.begin(), ids.end(), ResourceId{resource}) > 0) continue;
      ids.push_back(ResourceId{resource});
      flow.resources.push_back(resource);
    }
    flow.cap = drawn_cap();
    flow.weight = draws_.chance({2, 3}) ? 1 : static_cast<double>(1 + draws_.below(5)) / 4;
    const FlowId id = share.add_flow(ids, flow.cap, flow.weight);
    if (mirror_.size() <= id.value) mirror_.resize(id.value + 1);
    mirror_[id.value] = flow;
    live_.push_back(id);
  }

  bool is_bottleneck(FlowId flow, size_t resource) const {
    const ResourceId id{static_cast<uint32_t>(resource)};
    if (!is_close(share.used(id), capacities_[resource])) return false;
    const double level = share.rate(flow) / mirror_[flow.value].weight;
    const auto others = share.flows_of(id);
    return std::all_of(others.begin(), others.end(), [&](FlowId other) {
      const double theirs = share.rate(other) / mirror_[other.value].weight;
      return theirs <= level || is_close(theirs, level);
    });
  }

  DrawStream draws_;
  std::vector<double> capacities_;
  std::vector<testing::ReferenceFlow> mirror_;  // by flow id
  std::vector<FlowId> live_;
};

RC_GTEST_PROP(FairShareProperty, RatesAreThoseOfTheTextbookAfterEverySolve, ()) {
  Network network(*rc::gen::arbitrary<uint64_t>(), *rc::gen::inRange<size_t>(1, 12));
  const int changes = *rc::gen::inRange(1, 60);
  for (int i = 0; i < changes; ++i) {
    network.change();
    if (i % 3 == 1) continue;  // two changes in one solve
    network.share.solve();
    RC_ASSERT(network.agrees_with_the_textbook());
    RC_ASSERT(network.is_max_min_fair());
  }
}

RC_GTEST_PROP(FairShareProperty, ChangedFlowsAreExactlyThoseReportedInAscendingOrder, ()) {
  Network network(*rc::gen::arbitrary<uint64_t>(), *rc::gen::inRange<size_t>(1, 12));
  for (int i = 0; i < 40; ++i) {
    network.change();
    std::vector<double> before(200, 0);
    for (const FlowId flow : network.live()) before[flow.value] = network.share.rate(flow);
    const auto changed = network.share.solve();
    RC_ASSERT(std::is_sorted(changed.begin(), changed.end()));
    for (const FlowId flow : network.live()) {
      const bool is_reported = std::count(changed.begin(), changed.end(), flow) == 1;
      RC_ASSERT(is_reported == (network.share.rate(flow) != before[flow.value]));
    }
  }
}

RC_GTEST_PROP(FairShareProperty, RatesAreTheSameToTheLastBitWhateverTheHistory, ()) {
  const auto seed = *rc::gen::arbitrary<uint64_t>();
  const auto resources = *rc::gen::inRange<size_t>(1, 40);
  const int changes = *rc::gen::inRange(1, 80);
  Network step_by_step(seed, resources);
  Network all_at_once(seed, resources);
  for (int i = 0; i < changes; ++i) {
    step_by_step.change();
    step_by_step.share.solve();
    all_at_once.change();
  }
  all_at_once.touch_everything();
  all_at_once.share.solve();
  for (const FlowId flow : step_by_step.live()) {
    RC_ASSERT(step_by_step.share.rate(flow) == all_at_once.share.rate(flow));
  }
}

TEST(FairShareProperty, ALargeNetworkIsMaxMinFair) {
  Network network(1, 120);
  for (int i = 0; i < 3000; ++i) network.change();
  network.share.solve();
  EXPECT_TRUE(network.is_max_min_fair());
}

}  // namespace
}  // namespace twin::sim
