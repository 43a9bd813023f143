#include "controller/rebalance/even_disks.h"

#include "controller/rebalance/search.h"
#include "sim/assert.h"

namespace twin::controller::rebalance {

namespace {

struct Replica {
  PartitionIndex partition = 0;
  int slot = 0;
};

// The disks of `broker` as brokers. A broker's replicas are one topic, by partition.
ClusterView disks_as_cluster(const ClusterView& view, BrokerIndex broker,
                             const std::vector<Replica>& replicas,
                             const std::vector<ReplicaList>& lists) {
  ClusterView disks;
  const std::vector<LogDir>& dirs = view.brokers[broker].log_dirs;
  for (size_t d = 0; d < dirs.size(); ++d) {
    BrokerView& disk = disks.brokers.emplace_back();
    disk.id = {static_cast<int32_t>(d)};
    disk.log_dirs = {dirs[d]};
  }
  TopicView& topic = disks.topics.emplace_back();
  topic.partitions = static_cast<uint32_t>(replicas.size());
  for (const Replica& replica : replicas) {
    PartitionView& row = disks.partitions.emplace_back();
    row.number = static_cast<int32_t>(disks.partitions.size() - 1);
    row.bytes = view.partitions[replica.partition].bytes;
    row.replicas.push(lists[replica.partition].dir(replica.slot), 0);
  }
  return disks;
}

}  // namespace

void even_disks(const ClusterView& view, const std::vector<uint8_t>& movable, const Limits& limits,
                std::vector<ReplicaList>& lists) {
  std::vector<std::vector<Replica>> on_broker(view.brokers.size());
  for (PartitionIndex p = 0; p < lists.size(); ++p) {
    for (int slot = 0; slot < lists[p].size; ++slot) {
      on_broker[lists[p][slot]].push_back({p, slot});
    }
  }
  for (BrokerIndex b = 0; b < view.brokers.size(); ++b) {
    if (view.brokers[b].log_dirs.size() < 2 || !view.brokers[b].live) continue;
    const ClusterView disks = disks_as_cluster(view, b, on_broker[b], lists);
    PlanRequest request;
    request.limits = limits;
    auto scope = make_scope(disks, request);
    TWIN_ASSERT(scope.has_value());
    for (size_t i = 0; i < on_broker[b].size(); ++i) {
      scope->movable[i] = movable[on_broker[b][i].partition];
    }
    const auto found = search(disks, *scope, limits, {false, true});
    TWIN_ASSERT(!found.impossible);
    for (size_t i = 0; i < on_broker[b].size(); ++i) {
      const Replica& replica = on_broker[b][i];
      lists[replica.partition].set(replica.slot, b, static_cast<uint8_t>(found.lists[i][0]));
    }
  }
}

}  // namespace twin::controller::rebalance
