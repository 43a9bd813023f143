// How much a cluster survives: the smallest number of machines, or of zones, whose loss at one time
// takes away the metadata quorum, acknowledged writes to a partition, or its last replica (minimum
// cuts). Exact, since domains of one kind share no node.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "scenarios/audit/failure_domains.h"

namespace twin::audit {

// Empty: nothing of that kind can do it, for nothing needs it.
struct Cut {
  int64_t size = 0;
  std::string example;  // "orders-3"; empty for the quorum
};

struct Survival {
  DomainKind kind = DomainKind::machine;
  int64_t domains = 0;  // that carry the cluster
  std::optional<Cut> quorum, writes, data;
};

Survival survival_of(const Deployment& deployment, DomainKind kind);

}  // namespace twin::audit
