// The audit on a terminal, in a pull request and for programs.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "scenarios/audit/audit.h"
#include "scenarios/runner/page.h"

namespace twin::audit {

namespace {

using scenario::Page;
using scenario::Paint;

std::string counted(int64_t n, const std::string& one) {
  return fmt::format("{} {}{}", n, one, n == 1 ? "" : "s");
}

std::string verdict_of(const Audit& audit) {
  return fmt::format("{}, {}, {}", counted(audit.count(Severity::danger), "danger"),
                     counted(audit.count(Severity::warning), "warning"),
                     counted(audit.count(Severity::note), "note"));
}

// "the loss of 2 machines (orders-3)": what takes it away.
std::string cut_text(const Survival& survival, const std::optional<Cut>& cut) {
  if (!cut) return "-";
  const std::string example = cut->example.empty() ? "" : " (" + cut->example + ")";
  return fmt::format("{} of {}{}", cut->size, survival.domains, example);
}

struct SurvivalRow {
  const char* label;
  std::optional<Cut> Survival::*cut;
};
constexpr SurvivalRow kRows[] = {{"metadata quorum", &Survival::quorum},
                                 {"acks=all writes", &Survival::writes},
                                 {"last replica", &Survival::data}};

Paint paint_of(Severity severity) {
  return severity == Severity::danger    ? Paint::red
         : severity == Severity::warning ? Paint::yellow
                                         : Paint::none;
}

nlohmann::json json_of(const std::optional<Cut>& cut) {
  if (!cut) return nullptr;
  nlohmann::json out{{"losses", cut->size}};
  if (!cut->example.empty()) out["partition"] = cut->example;
  return out;
}

}  // namespace

std::string to_text(const Audit& audit, int width, bool colour) {
  Page page(width, colour);
  const Deployment& deployment = audit.deployment;
  page.heading("Audit of " + deployment.kafka->metadata.name);
  page.row("found", verdict_of(audit),
           audit.count(Severity::danger) > 0 ? Paint::red : Paint::none);
  page.row("pods", fmt::format("{} on {}, in {}", deployment.nodes.size(),
                               counted(audit.survival[0].domains, "machine"),
                               counted(audit.survival[1].domains, "zone")));
  page.row("partitions",
           fmt::format("{} of {}", deployment.view.partitions.size(),
                       counted(static_cast<int64_t>(deployment.view.topics.size()), "topic")));
  for (const Survival& survival : audit.survival) {
    page.heading(fmt::format("Fewest {}s whose loss takes away", name_of(survival.kind)));
    for (const SurvivalRow& row : kRows) {
      const std::optional<Cut>& cut = survival.*row.cut;
      page.row(row.label, cut_text(survival, cut), cut && cut->size < 2 ? Paint::red : Paint::none);
    }
  }
  if (!audit.findings.empty()) page.heading("Findings");
  for (const Finding& finding : audit.findings) {
    page.item(fmt::format("{} [{}] {}: {}", name_of(finding.severity), finding.code,
                          finding.subject, finding.what),
              paint_of(finding.severity));
    page.row("  then", finding.then);
    page.row("  better", finding.remedy);
    if (finding.faults.empty() && !finding.shown_by.empty())
      page.row("  shown by", finding.shown_by);
    if (!finding.faults.empty()) page.row("  shown by", model::describe(finding.faults.front()));
  }
  return page.take();
}

std::string to_markdown(const Audit& audit) {
  std::string out = fmt::format("### Audit of {}: {}\n\n", audit.deployment.kafka->metadata.name,
                                verdict_of(audit));
  out += "| fewest losses that take away | machines | zones |\n|---|---|---|\n";
  for (const SurvivalRow& row : kRows) {
    out += fmt::format("| {} | {} | {} |\n", row.label,
                       cut_text(audit.survival[0], audit.survival[0].*row.cut),
                       cut_text(audit.survival[1], audit.survival[1].*row.cut));
  }
  if (audit.findings.empty()) return out;
  out += "\n| | what | then | better |\n|---|---|---|---|\n";
  for (const Finding& finding : audit.findings) {
    out += fmt::format("| {} `{}` | {}: {} | {} | {} |\n", name_of(finding.severity), finding.code,
                       finding.subject, finding.what, finding.then, finding.remedy);
  }
  return out;
}

std::string to_json(const Audit& audit) {
  nlohmann::json out;
  out["kafka"] = audit.deployment.kafka->metadata.name;
  for (const Survival& survival : audit.survival) {
    nlohmann::json& kind = out["survives"][std::string(name_of(survival.kind)) + "s"];
    kind = {{"of", survival.domains},
            {"quorum", json_of(survival.quorum)},
            {"writes", json_of(survival.writes)},
            {"data", json_of(survival.data)}};
  }
  out["findings"] = nlohmann::json::array();
  for (const Finding& finding : audit.findings) {
    nlohmann::json each{{"severity", name_of(finding.severity)},
                        {"code", finding.code},
                        {"subject", finding.subject},
                        {"what", finding.what},
                        {"then", finding.then},
                        {"remedy", finding.remedy}};
    if (!finding.shown_by.empty()) each["shownBy"] = finding.shown_by;
    for (const model::Fault& fault : finding.faults)
      each["faults"].push_back(model::describe(fault));
    out["findings"].push_back(std::move(each));
  }
  return out.dump(2) + "\n";
}

}  // namespace twin::audit
