// Pods: how many voters, who shares a machine, what an eviction may take, how long a broker has to
// stop.
#include <algorithm>

#include <fmt/format.h>

#include "scenarios/audit/audit.h"

namespace twin::audit {

namespace {

using namespace sim::literals;

// Strimzi's and Kubernetes' default, which the operator's own examples leave.
constexpr sim::Duration kGraceDefault = 30_s;

void judge_quorum(const Deployment& deployment, Findings& findings) {
  std::vector<const PlacedNode*> voters;
  for (const PlacedNode& node : deployment.nodes) {
    if (node.voter) voters.push_back(&node);
  }
  const std::string who = deployment.is_zookeeper() ? "ZooKeeper server" : "controller";
  Finding finding;
  finding.subject = deployment.is_zookeeper() ? "ZooKeeper" : "the metadata quorum";
  if (voters.size() == 1) {
    finding.severity = Severity::danger;
    finding.code = "one-voter";
    finding.what = "one " + who;
    finding.then = "no leader is elected and no topic changed while it restarts, in every roll";
    finding.remedy = "three";
    model::Fault fault;
    fault.kind = model::FaultKind::pod_delete;
    fault.target = voters.front()->pod;
    finding.faults.push_back(fault);
  } else if (!voters.empty() && voters.size() % 2 == 0) {
    finding.severity = Severity::warning;
    finding.code = "even-voters";
    finding.what = fmt::format("{} {}s", voters.size(), who);
    finding.then = fmt::format("it survives the loss of {}, as {} would", (voters.size() - 1) / 2,
                               voters.size() - 1);
    finding.remedy = "an odd number";
    finding.shown_by = "the rows of what it survives, above";
  } else {
    return;
  }
  findings.push_back(std::move(finding));
}

void judge_sharing(const Deployment& deployment, Findings& findings) {
  for (const FailureDomain& machine : domains_of(deployment, DomainKind::machine)) {
    std::vector<std::string> brokers;
    for (const size_t n : machine.nodes) {
      if (deployment.nodes[n].broker) brokers.push_back(deployment.nodes[n].pod);
    }
    // What comes of it for partitions is the business of failure_domain_rules.
    if (brokers.size() < 2 || !loss_of(deployment, machine).harmless()) continue;
    Finding finding;
    finding.severity = Severity::warning;
    finding.code = "brokers-share-a-machine";
    finding.subject = "machine " + machine.name;
    finding.what = fmt::format("carries {}", fmt::join(brokers, ", "));
    finding.then = "one machine's failure or drain takes them all; no partition needs both today";
    finding.remedy = "required pod anti-affinity on kubernetes.io/hostname";
    finding.faults.push_back(fault_of(machine));
    findings.push_back(std::move(finding));
  }
}

// What keeps pods apart, and what tells Kafka where its brokers are.
void judge_placement(const Deployment& deployment, Findings& findings) {
  if (deployment.nodes.size() < 2) return;
  Finding finding;
  finding.subject = "Kafka " + deployment.kafka->metadata.name;
  if (std::ranges::none_of(deployment.nodes, &PlacedNode::kept_apart)) {
    finding.severity = Severity::warning;
    finding.code = "nothing-keeps-pods-apart";
    finding.what = "no pod has anti-affinity or topology spread constraints";
    finding.then =
        "the scheduler spreads pods where it likes to, and puts them together after a drain or a "
        "machine's loss";
    finding.remedy = "template.pod.topologySpreadConstraints by zone and machine, DoNotSchedule";
    finding.shown_by = "--set of a smaller environment, for example two machines";
    findings.push_back(finding);
  }
  if (deployment.zones.size() > 1 && deployment.kafka->rack_topology_key.empty()) {
    finding.severity = Severity::warning;
    finding.code = "kafka-knows-no-racks";
    finding.what = fmt::format("machines are in {} zones and spec.kafka.rack is not set",
                               deployment.zones.size());
    finding.then = "replicas of one partition may share a zone, and consumers read across zones";
    finding.remedy = "spec.kafka.rack.topologyKey: topology.kubernetes.io/zone";
    finding.shown_by = "the row of zones above, for the placement that Kafka drew here";
    findings.push_back(finding);
  }
}

// What stands on assumptions of the twin and not on what the file says.
void judge_knowledge(const Deployment& deployment, Findings& findings) {
  Finding finding;
  finding.severity = Severity::note;
  finding.subject = deployment.file;
  if (!deployment.machines_named) {
    finding.code = "machines-are-assumed";
    finding.what = fmt::format("it names no machines; the twin's own in {} zones stand in for them",
                               deployment.zones.size());
    finding.then = "placement on your machines may be worse";
    finding.remedy = "environment.nodes of a Scenario: name and zone of each";
    finding.shown_by = "docs/SCENARIOS.md";
    findings.push_back(finding);
  }
  const size_t own = deployment.view.topics.size() - deployment.internal_topics.size();
  if (own == 0) {
    finding.code = "no-topics-named";
    finding.what = "it names no topics";
    finding.then = "partitions could not be judged";
    finding.remedy = "KafkaTopic resources, or workload.topics of a Scenario";
    finding.shown_by = "docs/SCENARIOS.md";
    findings.push_back(finding);
  }
}

void judge_budgets(const Deployment& deployment, Findings& findings) {
  Finding finding;
  finding.subject = "Kafka " + deployment.kafka->metadata.name;
  finding.severity = Severity::warning;
  if (deployment.budgets.empty()) {
    finding.code = "no-disruption-budget";
    finding.what = "no PodDisruptionBudget";
    finding.then = "a drain of several machines evicts several brokers at once";
    finding.remedy = "leave Strimzi's own (maxUnavailable 1)";
    finding.shown_by = "scenarios/failures";
    findings.push_back(finding);
    return;
  }
  for (const auto& budget : deployment.budgets) {
    if (!budget->max_unavailable) continue;
    finding.subject = "PodDisruptionBudget " + budget->metadata.name;
    finding.what = fmt::format("maxUnavailable {}", *budget->max_unavailable);
    finding.shown_by.clear();
    if (*budget->max_unavailable == 0) {
      finding.severity = Severity::note;
      finding.code = "drains-wait";
      finding.then =
          "a drain waits until the operator moves the pod: the Drain Cleaner must be there";
      finding.remedy = "Strimzi Drain Cleaner, or maxUnavailable 1";
    } else if (*budget->max_unavailable > 1) {
      finding.severity = Severity::warning;
      finding.code = "several-may-be-evicted";
      finding.then = "drains take several brokers at once, whatever their partitions' ISR is";
      finding.remedy = "maxUnavailable 1";
    } else {
      continue;
    }
    findings.push_back(finding);
  }
}

void judge_grace(const Deployment& deployment, Findings& findings) {
  for (const PlacedNode& node : deployment.nodes) {
    if (!node.broker || node.grace >= kGraceDefault) continue;
    Finding finding;
    finding.severity = Severity::warning;
    finding.code = "short-grace";
    finding.subject = "pod " + node.pod;
    finding.what = fmt::format("terminationGracePeriodSeconds {}", node.grace.ns / 1'000'000'000);
    finding.then =
        "a broker that is killed before its controlled shutdown ends moves no leaders and recovers "
        "its logs when it starts";
    finding.remedy = "30 or more; many partitions take longer";
    finding.shown_by = "kafka-twin run of any roll: the kubelet's SIGKILL is in the timeline";
    findings.push_back(std::move(finding));
    return;  // the same template makes them all
  }
}

}  // namespace

Findings pod_rules(const Deployment& deployment) {
  Findings findings;
  judge_quorum(deployment, findings);
  judge_sharing(deployment, findings);
  judge_placement(deployment, findings);
  judge_budgets(deployment, findings);
  judge_grace(deployment, findings);
  judge_knowledge(deployment, findings);
  return findings;
}

}  // namespace twin::audit
