// The preview for a terminal: the answer first, then what it rests on, in the order in which an
// engineer asks.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "controller/api/units.h"
#include "scenarios/preview/preview.h"
#include "scenarios/preview/preview_phrases.h"
#include "scenarios/preview/table.h"
#include "scenarios/runner/page.h"

namespace twin::preview {

namespace {

using scenario::Page;
using scenario::Paint;
using scenario::Report;

Paint paint_of(Verdict verdict) {
  return verdict == Verdict::holds           ? Paint::green
         : verdict == Verdict::does_not_hold ? Paint::red
                                             : Paint::yellow;
}

void head(Page& page, const Preview& p) {
  const Report& r = p.report;
  page.heading("Preview");
  page.row("verdict", std::string(verdict_name(p.verdict)), paint_of(p.verdict));
  for (const std::string& reason : p.reasons) page.row("", reason, paint_of(p.verdict));
  page.row("cluster", r.scenario + " (" + r.file + ")");
  page.row("operator", operator_text(p));
  page.row("assumed", "Kubernetes " + r.kubernetes_version + ", hardware " + r.hardware);
  page.row("done after", finish_text(p));
  page.row("", spread_text(p));
  if (p.window) page.row("window", window_text(p));
  for (const FailResult& each : p.fail_on) {
    page.row("--fail-on " + each.text, (each.met ? "FAILS, is " : "is ") + each.value,
             each.met ? Paint::red : Paint::none);
  }
}

void changes(Page& page, const Preview& p) {
  page.heading("What changes");
  const std::vector<std::string> others = other_changes(p);
  for (const std::string& each : others) page.item(each);
  bool any = !others.empty();
  for (const ChangedObject& object : p.change.objects) {
    if (object.before == nullptr) page.item(object.name + " is new");
    for (const Difference& field : object.fields) {
      page.item(fmt::format("{} {}: {} -> {}", object.name, field.path, shown(field.before),
                            shown(field.after)));
    }
    any |= object.before == nullptr || !object.fields.empty();
  }
  if (!any) page.item("nothing: the objects are what they are already");
}

void refusals(Page& page, const Preview& p) {
  for (const bool lasting : {true, false}) {
    bool any = false;
    for (const Refusal& each : p.refusals) {
      if (each.lasts != lasting) continue;
      if (!std::exchange(any, true)) page.heading(lasting ? "Refused" : "Refused for a time");
      page.item(each.why + " [" + each.code + "]", lasting ? Paint::red : Paint::none);
    }
  }
}

void rolls(Page& page, const Preview& p, int width) {
  const Report& r = p.report;
  page.heading("Rolls");
  if (r.restarts.empty()) {
    page.item(p.evictions.empty() ? "none: no pod restarts" : "none: the operator restarts no pod");
  }
  int64_t roll = 0;
  size_t next = 0;
  for (const scenario::RollEntry& each : r.roll_list) {
    page.item(fmt::format("roll {}: {}", ++roll, roll_text(each)));
    std::vector<std::vector<std::string>> rows;
    const auto count = static_cast<size_t>(each.controllers + each.brokers + each.others);
    for (const size_t end = next + count; next < end && next < r.restarts.size(); ++next) {
      const scenario::RestartEntry& restart = r.restarts[next];
      rows.push_back({sim::format_clock({restart.deleted.ns}), restart.pod, away_text(restart),
                      p.restart_why[next] + " [" + restart.reason + "]"});
    }
    for (const std::string& line :
         table({"after", "restarts", "away", "because"}, rows, width - 4)) {
      page.line("  " + line);
    }
  }
  if (r.failed_reconciles > 0) {
    page.row("failed reconciles", fmt::format("{}", r.failed_reconciles), Paint::yellow);
  }
  page.row("point of no return", no_return_text(r),
           p.findings.no_way_back > 0 ? Paint::yellow : Paint::none);
}

void evictions(Page& page, const Preview& p, int width) {
  if (p.drain.nodes.empty()) return;
  page.heading("Evictions");
  if (p.evictions.empty()) page.item("none: the operator restarts the pods");
  std::vector<std::vector<std::string>> rows;
  for (const Eviction& each : p.evictions) {
    rows.push_back({sim::format_clock({each.at.ns}), each.pod,
                    each.ready ? sim::format_duration(*each.ready - each.at) : "for good"});
  }
  if (rows.empty()) return;
  for (const std::string& line : table({"after", "evicted", "away"}, rows, width - 2)) {
    page.line(line);
  }
}

void aborts(Page& page, const Preview& p, int width) {
  if (p.aborts.empty()) return;
  page.heading("Turning back: the objects as they were, after the restart of");
  std::vector<std::vector<std::string>> rows;
  for (const AbortPoint& point : p.aborts) rows.push_back(abort_row(point));
  const std::vector<std::string> lines = table(abort_heading(), rows, width - 2);
  const bool fits = std::ranges::all_of(
      lines, [&](const std::string& line) { return static_cast<int>(line.size()) <= width - 2; });
  for (const std::string& line : lines) {
    if (fits) page.line(line);
  }
  for (const AbortPoint& point : p.aborts) {
    if (!fits) page.item(abort_text(point));
  }
  for (const std::string& note : abort_notes(p)) page.item(note, Paint::yellow);
}

std::string worst(const std::vector<scenario::PartitionFigure>& list) {
  return list.empty() ? std::string() : fmt::format(" ({})", list.front().partition);
}

void clients(Page& page, const Preview& p) {
  const Report& r = p.report;
  page.heading("Clients");
  page.row("produce unavailable", unavailable_text(p) + worst(r.produce_unavailable_worst),
           p.has_producers ? Paint::none : Paint::yellow);
  page.row("worst consumer lag", fmt::format("{} records, {}", r.consumer_lag_records,
                                             sim::format_duration(r.consumer_lag)));
  page.must_be_zero("under min.insync.replicas", r.under_min_isr.ns == 0,
                    at_most(r.under_min_isr_longest) + worst(r.under_min_isr_worst));
  page.must_be_zero("without a leader", r.offline.ns == 0, sim::format_duration(r.offline));
  page.must_be_zero("records rejected", r.records_rejected == 0,
                    std::to_string(r.records_rejected));
  page.must_be_zero("acknowledged bytes lost", r.acknowledged_bytes_lost == 0,
                    api::format_bytes({r.acknowledged_bytes_lost}));
}

void findings(Page& page, const Preview& p) {
  const Report& r = p.report;
  page.heading("Topics that block a roll or go dark in one");
  if (r.preflight.empty()) page.item("none is known");
  for (const std::string& line : r.preflight) page.item(line, Paint::yellow);
  page.heading("Alerts of Strimzi's rules");
  if (r.alerts.empty()) page.item("none would fire");
  for (const scenario::Alert& alert : r.alerts) page.item(alert_text(alert), Paint::yellow);
  if (r.not_modelled.empty()) return;
  page.heading("Not modelled");
  for (const scenario::FieldNote& note : r.not_modelled) {
    page.item(fmt::format("{}: {} {}", note.where, note.path, note.why),
              note.touches_safety ? Paint::yellow : Paint::none);
  }
}

}  // namespace

std::string to_text(const Preview& p, int width, bool colour) {
  Page page(width, colour);
  head(page, p);
  changes(page, p);
  refusals(page, p);
  rolls(page, p, width);
  evictions(page, p, width);
  aborts(page, p, width);
  clients(page, p);
  findings(page, p);
  return page.take();
}

}  // namespace twin::preview
