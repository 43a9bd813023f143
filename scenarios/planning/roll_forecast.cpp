#include "scenarios/planning/roll_forecast.h"

#include <algorithm>

#include <fmt/format.h>

namespace twin::scenario {

using controller::rebalance::BrokerIndex;
using controller::rebalance::ClusterView;
using controller::rebalance::PartitionView;
using controller::rebalance::ReplicaList;
using controller::rebalance::TopicView;

namespace {

struct Snapshots {
  api::TopicsSnapshot topics;
  api::TopicConfigsSnapshot configs;
  std::vector<api::BrokerDescription> brokers;
};

// Everything in sync, nothing on its way.
Snapshots snapshots_of(const ClusterView& view, const std::vector<ReplicaList>& lists) {
  Snapshots out;
  for (const auto& broker : view.brokers) out.brokers.push_back({broker.id, broker.rack, false});
  out.topics.partitions.grow(view.partitions.size());
  for (const TopicView& topic : view.topics) {
    out.topics.topics.push_back({topic.name, topic.first, topic.partitions, false});
    out.configs.topics.push_back({topic.name, topic.min_isr, {}});
    for (uint32_t p = topic.first; p < topic.first + topic.partitions; ++p) {
      api::PartitionDescription& row = out.topics.partitions.edit(p);
      for (int slot = 0; slot < lists[p].size; ++slot) {
        row.replicas.push(view.brokers[lists[p][slot]].id);
      }
      row.isr = row.replicas;
      if (lists[p].size > 0) row.leader = row.replicas[0].value;
    }
  }
  return out;
}

// What hangs on the others while `down` are away.
void count_risk(const ClusterView& view, const std::vector<ReplicaList>& lists,
                const std::vector<uint8_t>& down, RollForecast& forecast) {
  std::vector<int64_t> would_fall(view.brokers.size(), 0);
  for (size_t p = 0; p < lists.size(); ++p) {
    const ReplicaList& list = lists[p];
    const int32_t minimum = view.topics[view.partitions[p].topic].min_isr;
    if (list.size <= minimum) continue;
    int32_t up = 0;
    for (int slot = 0; slot < list.size; ++slot) up += down[list[slot]] != 0 ? 0 : 1;
    if (up > minimum) continue;
    for (int slot = 0; slot < list.size; ++slot) {
      if (down[list[slot]] == 0) ++would_fall[list[slot]];
    }
  }
  for (const int64_t each : would_fall) forecast.at_risk_max = std::max(forecast.at_risk_max, each);
}

}  // namespace

RollForecast forecast_roll(const ClusterView& view, const std::vector<ReplicaList>& lists,
                           const controller::BatchRules& rules) {
  const Snapshots now = snapshots_of(view, lists);
  const std::vector<api::ReassignmentDescription> nothing;
  RollForecast forecast;
  std::vector<api::NodeId> left;
  for (const auto& broker : view.brokers) left.push_back(broker.id);
  while (!left.empty()) {
    const controller::Batch batch =
        controller::choose_batch({now.topics, now.configs, nothing, now.brokers}, left, rules);
    if (forecast.batches.empty()) forecast.why = batch.why;
    std::vector<api::NodeId> go = batch.brokers;
    if (go.size() < 2) go = {left.front()};
    std::vector<uint8_t> down(view.brokers.size(), 0);
    for (const api::NodeId id : go) down[*view.find_broker(id)] = 1;
    count_risk(view, lists, down, forecast);
    std::erase_if(left, [&](api::NodeId id) { return std::ranges::find(go, id) != go.end(); });
    forecast.largest = std::max(forecast.largest, go.size());
    forecast.batches.push_back(std::move(go));
  }
  return forecast;
}

std::string bars_batches(const ClusterView& view, const controller::BatchRules& rules) {
  for (const PartitionView& row : view.partitions) {
    const TopicView& topic = view.topics[row.topic];
    const int32_t spares = row.replicas.size - topic.min_isr - rules.spare_failures;
    if (row.replicas.size <= topic.min_isr || spares >= 1) continue;
    return fmt::format(
        "{} has {} replicas and min.insync.replicas {}: with {} to spare for a "
        "failure none may go in a batch, wherever they are",
        topic.name, row.replicas.size, topic.min_isr, rules.spare_failures);
  }
  return {};
}

}  // namespace twin::scenario
