#include "controller/rebalance/plan.h"

#include <algorithm>

#include "controller/rebalance/changes.h"
#include "controller/rebalance/kafka_assignment.h"
#include "controller/rebalance/must_moves.h"
#include "controller/rebalance/placement.h"
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

sim::Expected<void> plan_drain(const ClusterView& view, const PlanRequest& request,
                               const Scope& scope, Plan& plan) {
  Placement placement(view, scope, request.limits, false);
  if (auto made = make_must_moves(placement, false); !made) {
    plan.impossible = made.error();
  } else {
    plan.target = placement.take();
  }
  return {};
}

}  // namespace

sim::Expected<Plan> make_plan(const ClusterView& view, const PlanRequest& request) {
  TWIN_ASSERT(view.check().has_value());
  const auto scope = make_scope(view, request);
  if (!scope) return scope.error();
  Plan plan;
  plan.strategy = request.strategy;
  plan.target = start_lists(view);
  sim::Expected<void> made;
  switch (request.strategy) {
    case Strategy::kafka:
      made = plan_as_kafka(view, request, *scope, plan);
      break;
    case Strategy::drain:
      made = plan_drain(view, request, *scope, plan);
      break;
    default:
      return sim::Error{"--strategy",
                        "`" + std::string(strategy_name(request.strategy)) + "` is not built yet",
                        "kafka or drain"};
  }
  if (!made) return made.error();
  return plan;
}

}  // namespace twin::controller::rebalance
