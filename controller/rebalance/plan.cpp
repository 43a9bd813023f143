#include "controller/rebalance/plan.h"

#include <algorithm>

#include "controller/rebalance/changes.h"
#include "controller/rebalance/even_disks.h"
#include "controller/rebalance/kafka_assignment.h"
#include "controller/rebalance/leaders.h"
#include "controller/rebalance/must_moves.h"
#include "controller/rebalance/placement.h"
#include "controller/rebalance/search.h"
#include "sim/assert.h"

namespace twin::controller::rebalance {

namespace {

// --generate: topic by topic, the replication factor from its first partition, wherever replicas
// are now.
sim::Expected<void> plan_as_kafka(const ClusterView& view, const PlanRequest& request,
                                  const Scope& scope, Plan& plan) {
  plan.names_dirs = false;
  std::vector<RackedBroker> brokers;
  for (size_t b = 0; b < view.brokers.size(); ++b) {
    if (scope.allowed[b] == 0) continue;
    const BrokerView& broker = view.brokers[b];
    brokers.push_back({broker.id.value, request.rack_aware ? broker.rack : std::string()});
  }
  FewestLogs fewest(view, plan.target);
  for (const TopicView& topic : view.topics) {
    if (topic.partitions == 0 || scope.movable[topic.first] == 0) continue;
    const auto assigned = assign_replicas_to_brokers(
        brokers, static_cast<int32_t>(topic.partitions), view.partitions[topic.first].replicas.size,
        draw_start(request.seed, topic.name, brokers.size()));
    if (!assigned) return assigned.error();
    for (uint32_t i = 0; i < topic.partitions; ++i) {
      const ReplicaList& from = view.partitions[topic.first + i].replicas;
      ReplicaList list;
      for (const int32_t id : (*assigned)[i]) {
        const BrokerIndex broker = *view.find_broker({id});
        const int slot = from.slot_of(broker);
        list.push(broker, slot >= 0 ? from.dir(slot) : fewest.place(broker));
      }
      plan.target[topic.first + i] = list;
    }
  }
  return {};
}

// Places in the lists that the search left are as they were; who leads is a question of its own.
void plan_by_search(const ClusterView& view, const Scope& scope, const Limits& limits,
                    SearchGoals goals, Plan& plan) {
  SearchResult found = search(view, scope, limits, goals);
  plan.cost = found.cost;
  plan.impossible = std::move(found.impossible);
  plan.target = std::move(found.lists);
}

// Of which partitions the search changed the replicas.
std::vector<uint8_t> changed_ones(const ClusterView& view, const Plan& plan) {
  std::vector<uint8_t> out(view.partitions.size(), 0);
  for (const PartitionIndex p : changed(start_lists(view), plan.target)) out[p] = 1;
  return out;
}

// Replicas that the new broker cannot take, since it holds the partition already or stands in a
// rack that has one, go where drain would bring them.
sim::Expected<void> plan_replace(const ClusterView& view, const PlanRequest& request, Scope& scope,
                                 Plan& plan) {
  Placement placement(view, scope, request.limits, false);
  for (const auto& [from, to] : request.replacements) {
    const BrokerIndex leaves = *view.find_broker(from), comes = *view.find_broker(to);
    const std::vector<Held> held = placement.held(leaves);
    int64_t elsewhere = 0;
    for (const Held& one : held) {
      const int slot = placement.replicas(one.partition).slot_of(leaves);
      if (placement.may_move(one.partition, slot, comes)) {
        placement.move(one.partition, slot, comes);
      } else {
        ++elsewhere;
      }
    }
    if (elsewhere > 0) {
      plan.notes.push_back(std::to_string(elsewhere) + " of the " + std::to_string(held.size()) +
                           " replicas of broker " + std::to_string(from.value) +
                           " cannot be on broker " + std::to_string(to.value) +
                           ": it holds the partition, is in a rack that does, or has no room; "
                           "they go elsewhere");
    }
  }
  if (auto made = make_must_moves(placement, false); !made) {
    plan.impossible = made.error();
  } else {
    plan.target = placement.take();
  }
  return {};
}

sim::Expected<void> plan_by(const ClusterView& view, const PlanRequest& request, Scope& scope,
                            Plan& plan) {
  const Limits& limits = request.limits;
  switch (request.strategy) {
    case Strategy::minimal:
      plan_by_search(view, scope, limits, {true, true}, plan);
      balance_leaders(view, scope, scope.movable, limits.balance_percent, plan.target);
      return {};
    case Strategy::kafka:
      return plan_as_kafka(view, request, scope, plan);
    case Strategy::drain:
      plan_by_search(view, scope, limits, {false, false}, plan);
      break;
    case Strategy::add:
      plan_by_search(view, scope, limits, {false, true}, plan);
      break;
    case Strategy::replace:
      return plan_replace(view, request, scope, plan);
    case Strategy::even_disks:
      even_disks(view, scope.movable, limits, plan.target);
      return {};
    case Strategy::leaders:
      balance_leaders(view, scope, scope.movable, 0, plan.target);
      return {};
    case Strategy::rack_repair:
      plan_by_search(view, scope, limits, {true, false}, plan);
      break;
  }
  // Only what moves anyway: of every other partition a new leader would be one more election.
  balance_leaders(view, scope, changed_ones(view, plan), limits.balance_percent, plan.target);
  return {};
}

}  // namespace

sim::Expected<Plan> make_plan(const ClusterView& view, const PlanRequest& request) {
  TWIN_ASSERT(view.check().has_value());
  auto scope = make_scope(view, request);
  if (!scope) return scope.error();
  Plan plan;
  plan.strategy = request.strategy;
  plan.target = start_lists(view);
  if (auto made = plan_by(view, request, *scope, plan); !made) return made.error();
  return plan;
}

}  // namespace twin::controller::rebalance
