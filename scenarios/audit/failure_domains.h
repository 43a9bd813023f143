// What fails together: the machines, the zones and the disks of machines that carry a cluster, each
// with the nodes that go with it. Domains of one kind share no node, so that the worst way to lose
// some of them is to take the fullest first: counting is exact, no search is needed.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "scenarios/audit/deployment.h"
#include "scenarios/audit/finding.h"

namespace twin::audit {

enum class DomainKind : uint8_t { machine, zone };
std::string_view name_of(DomainKind kind);

struct FailureDomain {
  DomainKind kind = DomainKind::machine;
  std::string name;
  std::vector<size_t> nodes;  // indices in Deployment::nodes
};

// By name; nodes of no zone are in no domain of that kind.
std::vector<FailureDomain> domains_of(const Deployment& deployment, DomainKind kind);

// What is gone while the domain is. Topics that no single loss spares (one replica, or no more than
// their min.insync.replicas) are the business of topic_rules and not counted.
struct Loss {
  int64_t partitions = 0;  // with a replica in it
  int64_t offline = 0;     // no replica is left
  int64_t under_min = 0;   // fewer are left than acks=all needs, but some
  int64_t voters = 0;
  bool majority = true;  // of the metadata quorum or ensemble, without the domain
  bool harmless() const { return offline == 0 && under_min == 0 && majority; }
};
Loss loss_of(const Deployment& deployment, const FailureDomain& domain);

// The loss of the domain for ten minutes: long enough for sessions to end and leaders to move.
model::Fault fault_of(const FailureDomain& domain);

Findings failure_domain_rules(const Deployment& deployment);

}  // namespace twin::audit
