#include "scenarios/audit/failure_domains.h"

#include <algorithm>

#include <fmt/format.h>

namespace twin::audit {

using controller::rebalance::PartitionView;
using namespace sim::literals;

namespace {

// Long enough for sessions to end, leaders to move and everything to come back.
constexpr sim::Duration kLostFor = 600_s;

// Of a topic that could spare one failure. A lower bound for the others stands in topic_rules.
bool could_spare_one(const Deployment& deployment, const PartitionView& partition) {
  const int32_t min_isr = deployment.view.topics[partition.topic].min_isr;
  return partition.replicas.size > 1 && partition.replicas.size > min_isr;
}

// By index in the view: goes with the domain.
std::vector<bool> brokers_lost(const Deployment& deployment, const FailureDomain& domain) {
  std::vector<bool> lost(deployment.view.brokers.size(), false);
  for (const size_t n : domain.nodes) {
    const PlacedNode& node = deployment.nodes[n];
    if (!node.broker) continue;
    if (const auto index = deployment.view.find_broker(node.id)) lost[*index] = true;
  }
  return lost;
}

int64_t voters_of(const Deployment& deployment) {
  return std::ranges::count_if(deployment.nodes, &PlacedNode::voter);
}

std::string counted(int64_t n, const std::string& one) {
  return fmt::format("{} {}{}", n, one, n == 1 ? "" : "s");
}

// "3 partitions have no replica left, 12 cannot take acks=all writes, the metadata quorum ..."
std::string what_is_lost(const Deployment& deployment, const Loss& loss) {
  std::vector<std::string> parts;
  if (loss.offline > 0) {
    parts.push_back(fmt::format(
        "{} no replica left",
        loss.offline == 1 ? "1 partition has" : fmt::format("{} partitions have", loss.offline)));
  }
  if (loss.under_min > 0) {
    parts.push_back(counted(loss.under_min, "partition") +
                    " cannot take acks=all writes (under min.insync.replicas)");
  }
  if (!loss.majority) {
    parts.push_back(fmt::format("{} loses its majority ({} of {} voters)",
                                deployment.is_zookeeper() ? "ZooKeeper" : "the metadata quorum",
                                loss.voters, voters_of(deployment)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string carried(const Deployment& deployment, const FailureDomain& domain) {
  std::string text;
  for (const size_t n : domain.nodes) {
    text += (text.empty() ? "" : ", ") + deployment.nodes[n].pod;
  }
  return text;
}

std::string remedy_of(const Deployment& deployment, const FailureDomain& domain, const Loss& loss) {
  const bool zone = domain.kind == DomainKind::zone;
  const bool partitions = loss.offline > 0 || loss.under_min > 0;
  std::string text;
  if (!loss.majority) {
    text = zone ? "an odd number of voters, spread over three zones or more"
                : "an odd number of voters, three or more, each on a machine of its own";
  }
  if (!partitions) return text;
  if (!text.empty()) text += "; ";
  if (!zone) return text + "pod anti-affinity on kubernetes.io/hostname, required, between brokers";
  if (deployment.kafka->rack_topology_key.empty()) {
    text += "spec.kafka.rack.topologyKey: topology.kubernetes.io/zone; then ";
  }
  return text + "kafka-twin plan --strategy rack-repair";
}

void judge(const Deployment& deployment, const FailureDomain& domain, Findings& findings) {
  const Loss loss = loss_of(deployment, domain);
  if (loss.harmless()) return;
  Finding finding;
  finding.severity = Severity::danger;
  finding.code = std::string(name_of(domain.kind)) + "-is-a-single-point-of-failure";
  finding.subject = fmt::format("{} {}", name_of(domain.kind), domain.name);
  finding.what = "carries " + carried(deployment, domain);
  finding.then = "without it " + what_is_lost(deployment, loss);
  finding.remedy = remedy_of(deployment, domain, loss);
  finding.faults.push_back(fault_of(domain));
  findings.push_back(std::move(finding));
}

}  // namespace

std::string_view name_of(DomainKind kind) { return kind == DomainKind::zone ? "zone" : "machine"; }

std::vector<FailureDomain> domains_of(const Deployment& deployment, DomainKind kind) {
  std::map<std::string, std::vector<size_t>> by_name;
  for (size_t n = 0; n < deployment.nodes.size(); ++n) {
    const PlacedNode& node = deployment.nodes[n];
    const std::string& name = kind == DomainKind::zone ? node.zone : node.machine;
    if (!name.empty()) by_name[name].push_back(n);
  }
  std::vector<FailureDomain> domains;
  for (auto& [name, nodes] : by_name) domains.push_back({kind, name, std::move(nodes)});
  return domains;
}

Loss loss_of(const Deployment& deployment, const FailureDomain& domain) {
  Loss loss;
  const std::vector<bool> lost = brokers_lost(deployment, domain);
  for (const PartitionView& partition : deployment.view.partitions) {
    int32_t left = partition.replicas.size;
    for (int slot = 0; slot < partition.replicas.size; ++slot) {
      left -= lost[partition.replicas[slot]] ? 1 : 0;
    }
    if (left == partition.replicas.size) continue;
    ++loss.partitions;
    if (!could_spare_one(deployment, partition)) continue;
    if (left == 0) {
      ++loss.offline;
    } else if (left < deployment.view.topics[partition.topic].min_isr) {
      ++loss.under_min;
    }
  }
  for (const size_t n : domain.nodes) loss.voters += deployment.nodes[n].voter ? 1 : 0;
  const int64_t voters = voters_of(deployment);
  loss.majority = voters == 0 || (voters - loss.voters) * 2 > voters;
  return loss;
}

model::Fault fault_of(const FailureDomain& domain) {
  model::Fault fault;
  fault.kind =
      domain.kind == DomainKind::zone ? model::FaultKind::zone_loss : model::FaultKind::node_loss;
  fault.target = domain.name;
  fault.duration = kLostFor;
  return fault;
}

Findings failure_domain_rules(const Deployment& deployment) {
  Findings findings;
  // A cluster of one pod has no single point of failure but itself: pod_rules says so.
  if (deployment.nodes.size() == 1) return findings;
  for (const FailureDomain& machine : domains_of(deployment, DomainKind::machine)) {
    judge(deployment, machine, findings);
  }
  const std::vector<FailureDomain> zones = domains_of(deployment, DomainKind::zone);
  if (zones.size() > 1) {
    for (const FailureDomain& zone : zones) judge(deployment, zone, findings);
  } else if (zones.size() == 1 && deployment.zones.size() > 1) {
    Finding finding;
    finding.severity = Severity::danger;
    finding.code = "one-zone-carries-all";
    finding.subject = "zone " + zones.front().name;
    finding.what = fmt::format("carries every pod, although there are machines in {} zones",
                               deployment.zones.size());
    finding.then = "its loss is the loss of the cluster";
    finding.remedy = "topologySpreadConstraints on topology.kubernetes.io/zone";
    finding.faults.push_back(fault_of(zones.front()));
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace twin::audit
