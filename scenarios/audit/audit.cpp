#include "scenarios/audit/audit.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "scenarios/campaign/scenario_text.h"

namespace twin::audit {

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::danger:
      return "danger";
    case Severity::warning:
      return "warning";
    case Severity::note:
      return "note";
  }
  return "";
}

int64_t Audit::count(Severity severity) const {
  return std::ranges::count(findings, severity, &Finding::severity);
}

sim::Expected<Audit> audit(scenario::Scenario scenario) {
  auto deployment = deploy(std::move(scenario));
  if (!deployment) return deployment.error();
  Audit made;
  made.deployment = std::move(*deployment);
  for (const auto& rules : {failure_domain_rules, topic_rules, pod_rules, storage_rules}) {
    Findings found = rules(made.deployment);
    std::move(found.begin(), found.end(), std::back_inserter(made.findings));
  }
  std::ranges::stable_sort(made.findings, {}, &Finding::severity);
  for (const DomainKind kind : {DomainKind::machine, DomainKind::zone}) {
    made.survival.push_back(survival_of(made.deployment, kind));
  }
  return made;
}

sim::Expected<std::string> shown_as_scenario(const Audit& audit, const Finding& finding) {
  constexpr int64_t kAtS = 60;
  auto text = campaign::ScenarioText::read(audit.deployment.file);
  if (!text) return text.error();
  text->steps().clear();
  for (const model::Fault& fault : finding.faults) text->add_fault({kAtS, fault});
  api::Value expect = api::Value::map();
  for (const char* figure : {"offlineSeconds", "underMinIsrSeconds", "acknowledgedBytesLost"}) {
    expect.set(figure, api::Value::integer(0));
  }
  expect.set("produceUnavailableLongest", api::Value::string("<= 5s"));
  text->spec().set("expect", std::move(expect));
  text->spec().erase("compareWith");
  return text->write("audit-" + finding.code,
                     fmt::format("{}: {}; {}", finding.subject, finding.what, finding.then));
}

}  // namespace twin::audit
