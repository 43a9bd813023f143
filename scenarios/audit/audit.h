// kafka-twin audit: is this cluster safe on Kubernetes? Its manifests are deployed in the twin, and
// what stands there is judged: topics, pods, budgets, storage, and everything that fails together.
#pragma once

#include <string>
#include <vector>

#include "scenarios/audit/deployment.h"
#include "scenarios/audit/finding.h"
#include "scenarios/audit/survival.h"

namespace twin::audit {

// The rules, each in a file of its own.
Findings topic_rules(const Deployment& deployment);
Findings pod_rules(const Deployment& deployment);
Findings storage_rules(const Deployment& deployment);

struct Audit {
  Deployment deployment;
  std::vector<Survival> survival;  // machines, zones
  Findings findings;               // dangers first
  int64_t count(Severity severity) const;
};
sim::Expected<Audit> audit(scenario::Scenario scenario);

// The input with the finding's faults as its only steps, expected to do no harm: playing it fails,
// and says how much. REQUIRES: the finding has faults. Error: the file cannot be read.
sim::Expected<std::string> shown_as_scenario(const Audit& audit, const Finding& finding);

std::string to_text(const Audit& audit, int width, bool colour);
std::string to_markdown(const Audit& audit);
std::string to_json(const Audit& audit);

}  // namespace twin::audit
