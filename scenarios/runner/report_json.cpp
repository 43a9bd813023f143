// The report for programs. Every figure an expectation can name is under "figures", by that name,
// so that a script reads what a scenario compares.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "scenarios/runner/report.h"

namespace twin::scenario {

namespace {

using Json = nlohmann::ordered_json;

Json figures(const Report& report) {
  Json out = Json::object();
  for (const FigureInfo& info : all_figures()) {
    if (!info.of.empty()) continue;
    const auto value = figure_value(report, {std::string(info.name), "", 1});
    Json& slot = out[std::string(info.name)];
    if (!value) {
      slot = nullptr;
    } else if (value->unit == FigureUnit::list) {
      slot = value->list;
    } else if (value->unit == FigureUnit::text) {
      slot = value->text;
    } else {
      slot = value->number;  // durations in nanoseconds
    }
  }
  return out;
}

Json restarts(const Report& report) {
  Json out = Json::array();
  for (const RestartEntry& restart : report.restarts) {
    Json entry{{"node", restart.node},
               {"pod", restart.pod},
               {"reason", restart.reason},
               {"deletedNs", restart.deleted.ns}};
    entry["readyNs"] = restart.ready ? Json(restart.ready->ns) : Json(nullptr);
    out.push_back(std::move(entry));
  }
  return out;
}

Json decisions(const Report& report) {
  Json out = Json::array();
  for (const DecisionEntry& d : report.decisions) {
    Json cites = Json::array();
    for (const controller::CallId call : d.cites) cites.push_back(call.value);
    out.push_back({{"atNs", d.at.ns},
                   {"kind", controller::decision_kind_name(d.kind)},
                   {"node", d.node},
                   {"subject", d.subject},
                   {"code", d.code},
                   {"reason", d.reason},
                   {"cites", cites}});
  }
  return out;
}

Json notes(const std::vector<FieldNote>& list) {
  Json out = Json::array();
  for (const FieldNote& note : list) {
    out.push_back({{"where", note.where},
                   {"path", note.path},
                   {"why", note.why},
                   {"touchesSafety", note.touches_safety}});
  }
  return out;
}

Json worst(const std::vector<PartitionFigure>& list) {
  Json out = Json::array();
  for (const PartitionFigure& each : list) {
    out.push_back({{"partition", each.partition}, {"ns", each.time.ns}});
  }
  return out;
}

Json json_of(const Report& report) {
  Json out{{"scenario", report.scenario},
           {"file", report.file},
           {"operator", report.profile},
           {"claim", report.profile_claim},
           {"kubernetes", report.kubernetes_version},
           {"hardware", report.hardware},
           {"seed", report.seed},
           {"fingerprint", fmt::format("{:016x}", report.fingerprint)},
           {"verdict", verdict_name(report.verdict)},
           {"verdictReasons", report.verdict_reasons},
           {"end", report.end},
           {"endDetail", report.end_detail},
           {"events", report.events},
           {"solves", report.solves},
           {"records", report.records}};
  out["figures"] = figures(report);
  out["restarts"] = restarts(report);
  out["decisions"] = decisions(report);
  out["underMinIsrWorst"] = worst(report.under_min_isr_worst);
  out["produceUnavailableWorst"] = worst(report.produce_unavailable_worst);
  out["expectations"] = Json::array();
  for (const ExpectationResult& e : report.expectations) {
    Json entry{{"expected", e.text}, {"actual", e.actual}, {"holds", e.holds}, {"where", e.where}};
    entry["open"] = e.open;
    if (!e.of.empty()) entry["of"] = e.of;
    out["expectations"].push_back(std::move(entry));
  }
  out["violations"] = Json::array();
  for (const ViolationEntry& v : report.violations) {
    out["violations"].push_back({{"property", v.property}, {"atNs", v.at.ns}, {"how", v.how}});
  }
  out["preflight"] = report.preflight;
  out["notModelled"] = notes(report.not_modelled);
  out["withoutEffect"] = notes(report.without_effect);
  out["laws"] = Json::array();
  for (const LawEntry& law : report.laws) {
    out["laws"].push_back({{"law", law.name}, {"error", law.error}});
  }
  return out;
}

}  // namespace

std::string to_json(const std::vector<Report>& reports) {
  if (reports.size() == 1) return json_of(reports.front()).dump(2) + "\n";
  Json all = Json::array();
  for (const Report& report : reports) all.push_back(json_of(report));
  return all.dump(2) + "\n";
}

}  // namespace twin::scenario
