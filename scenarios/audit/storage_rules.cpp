// Storage: what a restart, a lost machine or a deleted resource does to data, and how full disks
// are.
#include <algorithm>

#include <fmt/format.h>

#include "controller/api/units.h"
#include "scenarios/audit/audit.h"
#include "sim/int128.h"

namespace twin::audit {

namespace {

using controller::rebalance::BrokerIndex;
using controller::rebalance::PartitionView;
using namespace sim::literals;

// Above it a burst, a reassignment or one more broker's share has no room.
constexpr int64_t kFullPercent = 80;

// Of each broker of the view, by log directory.
std::vector<std::vector<int64_t>> bytes_by_dir(const Deployment& deployment) {
  std::vector<std::vector<int64_t>> bytes;
  for (const auto& broker : deployment.view.brokers) bytes.emplace_back(broker.log_dirs.size(), 0);
  for (const PartitionView& partition : deployment.view.partitions) {
    for (int slot = 0; slot < partition.replicas.size; ++slot) {
      bytes[partition.replicas[slot]][partition.replicas.dir(slot)] += partition.bytes;
    }
  }
  return bytes;
}

void judge_ephemeral(const Deployment& deployment, Findings& findings) {
  const auto first = std::ranges::find_if(deployment.nodes, [](const PlacedNode& node) {
    return node.ephemeral && (node.broker || node.voter);
  });
  if (first == deployment.nodes.end()) return;
  int64_t most = 0;
  for (const auto& dirs : bytes_by_dir(deployment)) {
    int64_t sum = 0;
    for (const int64_t each : dirs) sum += each;
    most = std::max(most, sum);
  }
  Finding finding;
  finding.severity = deployment.view.brokers.size() == 1 ? Severity::danger : Severity::warning;
  finding.code = "ephemeral-storage";
  finding.subject = "pod " + first->pod + " and its like";
  finding.what = "storage of type ephemeral";
  finding.then = fmt::format(
      "every restart starts empty: {} to fetch for the fullest broker in every roll, one replica "
      "less "
      "of everything meanwhile; if all pods go, all is lost",
      api::format_bytes({most}));
  finding.remedy = "persistent-claim";
  model::Fault fault;
  fault.kind = model::FaultKind::pod_delete;
  fault.target = first->pod;
  finding.faults.push_back(fault);
  findings.push_back(std::move(finding));
}

void judge_claims(const Deployment& deployment, Findings& findings) {
  const auto first = std::ranges::find_if(deployment.nodes, &PlacedNode::delete_claim);
  if (first == deployment.nodes.end()) return;
  Finding finding;
  finding.severity = Severity::warning;
  finding.code = "claims-go-with-the-resource";
  finding.subject = "pod " + first->pod + " and its like";
  finding.what = "deleteClaim: true";
  finding.then = "kubectl delete kafka, or a pool scaled down, deletes the data with it";
  finding.remedy = "deleteClaim: false";
  finding.shown_by = "docs/model/kubernetes.md";
  findings.push_back(std::move(finding));
}

void judge_local(const Deployment& deployment, Findings& findings) {
  for (const PlacedNode& node : deployment.nodes) {
    for (const VolumePlace& place : node.volumes) {
      if (place.machine.empty()) continue;
      Finding finding;
      finding.severity = Severity::warning;
      finding.code = "disk-of-one-machine";
      finding.subject = "pod " + node.pod;
      finding.what = fmt::format("volume {} is on a disk of {}", place.volume, place.machine);
      finding.then =
          "the pod cannot go elsewhere: while the machine is away so is its broker, and with the "
          "machine its data";
      finding.remedy = "plan for strimzi.io/delete-pod-and-pvc after a machine's loss";
      model::Fault fault;
      fault.kind = model::FaultKind::node_loss;
      fault.target = place.machine;
      finding.faults.push_back(fault);
      findings.push_back(std::move(finding));
      return;  // one stands for all of them
    }
  }
}

void judge_classes(const Deployment& deployment, Findings& findings) {
  for (const auto& storage_class : deployment.storage_classes) {
    Finding finding;
    finding.subject = "StorageClass " + storage_class->metadata.name;
    finding.shown_by = "docs/model/kubernetes.md";
    if (!storage_class->allow_volume_expansion) {
      finding.severity = Severity::note;
      finding.code = "volumes-cannot-grow";
      finding.what = "allowVolumeExpansion is not set";
      finding.then = "a disk that fills up can only be replaced";
      finding.remedy = "allowVolumeExpansion: true, where the driver can";
      findings.push_back(finding);
    }
    if (storage_class->binding_mode == "Immediate" && deployment.zones.size() > 1) {
      finding.severity = Severity::warning;
      finding.code = "volumes-bind-before-pods";
      finding.what = "volumeBindingMode Immediate, with machines in several zones";
      finding.then = "a volume may be made in a zone where its pod has no room, or may not go";
      finding.remedy = "volumeBindingMode: WaitForFirstConsumer";
      findings.push_back(finding);
    }
  }
}

void judge_room(const Deployment& deployment, Findings& findings) {
  const auto bytes = bytes_by_dir(deployment);
  for (size_t b = 0; b < bytes.size(); ++b) {
    for (size_t d = 0; d < bytes[b].size(); ++d) {
      const auto& dir = deployment.view.brokers[b].log_dirs[d];
      if (dir.capacity_bytes == 0) continue;
      const int64_t percent = sim::mul_div_ceil(bytes[b][d], 100, dir.capacity_bytes);
      if (percent <= kFullPercent) continue;
      Finding finding;
      finding.severity = percent > 100 ? Severity::danger : Severity::warning;
      finding.code = "disk-nearly-full";
      finding.subject = fmt::format("broker {}", deployment.view.brokers[b].id.value);
      finding.what = fmt::format("{} of {} in {} ({} %)", api::format_bytes({bytes[b][d]}),
                                 api::format_bytes({dir.capacity_bytes}), dir.path, percent);
      finding.then = "a reassignment keeps both copies until it ends; a full disk stops its broker";
      finding.remedy = "kafka-twin plan, larger volumes, or less retention";
      finding.shown_by = "kafka-twin plan: its peaks";
      findings.push_back(std::move(finding));
    }
  }
}

}  // namespace

Findings storage_rules(const Deployment& deployment) {
  Findings findings;
  judge_ephemeral(deployment, findings);
  judge_claims(deployment, findings);
  judge_local(deployment, findings);
  judge_classes(deployment, findings);
  judge_room(deployment, findings);
  return findings;
}

}  // namespace twin::audit
