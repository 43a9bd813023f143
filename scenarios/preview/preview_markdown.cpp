// The preview as a comment on a pull request: the answer and what is wrong stand open, what a
// reviewer may look up is folded away.
#include <fmt/format.h>

#include "controller/api/units.h"
#include "scenarios/preview/preview.h"
#include "scenarios/preview/preview_phrases.h"
#include "scenarios/runner/markdown.h"

namespace twin::preview {

namespace {

using scenario::markdown_folded;
using scenario::markdown_plain;
using scenario::Report;

std::string row(std::string_view label, const std::string& value) {
  return fmt::format("| {} | {} |\n", label, markdown_plain(value));
}

std::string summary(const Preview& p) {
  const Report& r = p.report;
  std::string out = "| | |\n|---|---|\n";
  out += row("done after", finish_text(p));
  if (p.window) out += row("window", window_text(p));
  out += row("restarts", restarts_text(r));
  if (!p.evictions.empty()) out += row("evictions", std::to_string(p.evictions.size()));
  out += row("point of no return", no_return_text(r));
  out += row("produce unavailable", unavailable_text(p));
  out += row("worst consumer lag", sim::format_duration(r.consumer_lag));
  out += row("under min.insync.replicas", at_most(r.under_min_isr_longest));
  out += row("acknowledged bytes lost", api::format_bytes({r.acknowledged_bytes_lost}));
  for (const FailResult& each : p.fail_on) {
    out += row("`--fail-on " + each.text + "`", (each.met ? "fails, is " : "is ") + each.value);
  }
  return out;
}

std::string items(std::string_view title, const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string out = fmt::format("\n**{}**\n\n", title);
  for (const std::string& line : lines) out += "- " + markdown_plain(line) + "\n";
  return out;
}

// What a reviewer must not overlook.
std::string warnings(const Preview& p) {
  std::vector<std::string> refused, alerts, unknown;
  for (const Refusal& each : p.refusals) {
    if (each.lasts) refused.push_back(each.why + " [" + each.code + "]");
  }
  for (const scenario::Alert& each : p.report.alerts) alerts.push_back(alert_text(each));
  for (const scenario::FieldNote& each : p.report.not_modelled) {
    if (each.touches_safety) unknown.push_back(each.where + ": " + each.path + " " + each.why);
  }
  return items("Refused", refused) + items("Topics that block or go dark", p.report.preflight) +
         items("Alerts", alerts) + items("Not modelled, and touching safety", unknown);
}

std::string changes(const Preview& p) {
  std::string out;
  for (const ChangedObject& object : p.change.objects) {
    if (object.before == nullptr) out += row(markdown_plain(object.name), "new");
    for (const Difference& field : object.fields) {
      out += fmt::format("| {} {} | {} | {} |\n", markdown_plain(object.name),
                         markdown_plain(field.path), markdown_plain(shown(field.before)),
                         markdown_plain(shown(field.after)));
    }
  }
  if (!out.empty()) out = "| Field | Now | Then |\n|---|---|---|\n" + out;
  return items("Beside manifests", other_changes(p)) + (out.empty() ? "" : "\n") + out;
}

std::string restarts(const Preview& p) {
  std::string out = "| After | Pod | Away | Because |\n|---|---|---|---|\n";
  for (size_t i = 0; i < p.report.restarts.size(); ++i) {
    const scenario::RestartEntry& each = p.report.restarts[i];
    out += fmt::format("| {} | {} | {} | {} |\n", sim::format_clock({each.deleted.ns}),
                       markdown_plain(each.pod), away_text(each), markdown_plain(p.restart_why[i]));
  }
  return out;
}

std::string aborts(const Preview& p) {
  std::string out, rule;
  const auto add = [&out](const std::vector<std::string>& cells) {
    out += "|";
    for (const std::string& cell : cells) out += " " + markdown_plain(cell) + " |";
    out += "\n";
  };
  add(abort_heading());
  out += "|";
  for (size_t i = 0; i < abort_heading().size(); ++i) out += "---|";
  out += "\n";
  for (const AbortPoint& point : p.aborts) add(abort_row(point));
  return out + items("Not back", abort_notes(p));
}

}  // namespace

std::string to_markdown(const Preview& p) {
  const Report& r = p.report;
  std::string out = fmt::format("### kafka-twin preview of {}: {}\n\n", markdown_plain(r.scenario),
                                verdict_name(p.verdict));
  for (const std::string& reason : p.reasons) out += "- " + markdown_plain(reason) + "\n";
  if (!p.reasons.empty()) out += "\n";
  out += summary(p) + warnings(p);
  if (const std::string body = changes(p); !body.empty()) {
    out += markdown_folded("What changes", body);
  }
  if (!r.restarts.empty()) out += markdown_folded("Restarts, in order", restarts(p));
  if (!p.aborts.empty()) out += markdown_folded("What turning back costs", aborts(p));
  std::string laws = "| Law | Measured error |\n|---|---|\n";
  for (const scenario::LawEntry& law : r.laws) laws += row(law.name, law.error);
  out += markdown_folded("Laws used", laws);
  out += fmt::format("\nUnder {}, Kubernetes {}, hardware {}: {}. Seed {}, fingerprint {:016x}.\n",
                     markdown_plain(operator_text(p)), markdown_plain(r.kubernetes_version),
                     markdown_plain(r.hardware), markdown_plain(spread_text(p)), r.seed,
                     r.fingerprint);
  return out;
}

}  // namespace twin::preview
