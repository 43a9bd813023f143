#include "scenarios/audit/survival.h"

#include <algorithm>
#include <array>

namespace twin::audit {

using controller::rebalance::PartitionView;
using controller::rebalance::ReplicaList;

namespace {

// The fewest domains that hold `needed` of what is counted, the fullest first.
int64_t fewest(std::vector<int64_t> counts, int64_t needed) {
  std::ranges::sort(counts, std::greater<>());
  int64_t domains = 0;
  for (const int64_t count : counts) {
    if (needed <= 0) break;
    needed -= count;
    ++domains;
  }
  return domains;
}

// Of each broker of the view, its domain.
std::vector<int64_t> domain_of_broker(const Deployment& deployment,
                                      const std::vector<FailureDomain>& domains) {
  // Whoever has no pod here fails alone.
  std::vector<int64_t> of(deployment.view.brokers.size());
  for (size_t b = 0; b < of.size(); ++b) of[b] = static_cast<int64_t>(domains.size() + b);
  for (size_t d = 0; d < domains.size(); ++d) {
    for (const size_t n : domains[d].nodes) {
      const PlacedNode& node = deployment.nodes[n];
      const auto index = deployment.view.find_broker(node.id);
      if (node.broker && index) of[*index] = static_cast<int64_t>(d);
    }
  }
  return of;
}

std::vector<int64_t> replicas_by_domain(const PartitionView& partition,
                                        const std::vector<int64_t>& domain_of) {
  std::array<std::pair<int64_t, int64_t>, ReplicaList::kMax> seen{};  // domain, replicas
  size_t count = 0;
  for (int slot = 0; slot < partition.replicas.size; ++slot) {
    const int64_t domain = domain_of[partition.replicas[slot]];
    size_t i = 0;
    while (i < count && seen[i].first != domain) ++i;
    if (i == count) seen[count++] = {domain, 0};
    ++seen[i].second;
  }
  std::vector<int64_t> counts;
  for (size_t i = 0; i < count; ++i) counts.push_back(seen[i].second);
  return counts;
}

void take_smaller(std::optional<Cut>& best, int64_t size, const Deployment& deployment,
                  size_t partition) {
  if (best && best->size <= size) return;
  using controller::rebalance::PartitionIndex;
  best = Cut{size, deployment.view.partition_name(static_cast<PartitionIndex>(partition))};
}

}  // namespace

Survival survival_of(const Deployment& deployment, DomainKind kind) {
  const std::vector<FailureDomain> domains = domains_of(deployment, kind);
  Survival survival;
  survival.kind = kind;
  survival.domains = static_cast<int64_t>(domains.size());
  std::vector<int64_t> voters;
  int64_t all = 0;
  for (const FailureDomain& domain : domains) {
    voters.push_back(loss_of(deployment, domain).voters);
    all += voters.back();
  }
  // Gone is the majority when no more than half is left.
  if (all > 0) survival.quorum = Cut{fewest(voters, (all + 1) / 2), {}};
  const std::vector<int64_t> domain_of = domain_of_broker(deployment, domains);
  for (size_t p = 0; p < deployment.view.partitions.size(); ++p) {
    const PartitionView& partition = deployment.view.partitions[p];
    const std::vector<int64_t> counts = replicas_by_domain(partition, domain_of);
    const int32_t size = partition.replicas.size;
    const int32_t min_isr = std::min(size + 0, deployment.view.topics[partition.topic].min_isr);
    take_smaller(survival.data, fewest(counts, size), deployment, p);
    take_smaller(survival.writes, fewest(counts, size - min_isr + 1), deployment, p);
  }
  return survival;
}

}  // namespace twin::audit
