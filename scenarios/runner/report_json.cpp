// The report for programs (docs/REPORT.md is its schema). Every figure an expectation can name is
// under "figures", by that name, so that a script reads what a scenario compares. Every time is in
// seconds.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "scenarios/runner/report.h"

namespace twin::scenario {

namespace {

using Json = nlohmann::ordered_json;

// Whole nanoseconds below 2^53, three months, are exact; the shortest decimal that is that double
// is the one that a person would write.
Json seconds(sim::Duration time) { return static_cast<double>(time.ns) / 1e9; }

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
    } else if (value->unit == FigureUnit::duration) {
      slot = seconds({value->number});
    } else {
      slot = value->number;
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
               {"batch", restart.batch},
               {"deletedSeconds", seconds(restart.deleted)}};
    entry["readySeconds"] = restart.ready ? seconds(*restart.ready) : Json(nullptr);
    out.push_back(std::move(entry));
  }
  return out;
}

Json rolls(const Report& report) {
  Json out = Json::array();
  for (const RollEntry& roll : report.roll_list) {
    out.push_back({{"beganSeconds", seconds(roll.began)},
                   {"endedSeconds", seconds(roll.ended)},
                   {"controllers", roll.controllers},
                   {"brokers", roll.brokers},
                   {"others", roll.others},
                   {"leaderMoves", roll.leader_moves}});
  }
  return out;
}

Json alerts(const Report& report) {
  Json out = Json::array();
  for (const Alert& alert : report.alerts) {
    out.push_back({{"rule", alert.rule},
                   {"spells", alert.spells},
                   {"longestSeconds", seconds(alert.longest)},
                   {"certain", alert.certain}});
  }
  return out;
}

Json leaders(const Report& report) {
  Json by_broker = Json::array();
  for (const LeaderShare& each : report.leaders) {
    by_broker.push_back({{"broker", each.broker}, {"leads", each.leads}});
  }
  return {{"partitions", report.partitions},
          {"onPreferredReplica", report.on_preferred},
          {"byBroker", std::move(by_broker)}};
}

Json decisions(const Report& report) {
  Json out = Json::array();
  for (const DecisionEntry& d : report.decisions) {
    Json cites = Json::array();
    for (const controller::CallId call : d.cites) cites.push_back(call.value);
    out.push_back({{"atSeconds", seconds(d.at)},
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
    out.push_back({{"partition", each.partition}, {"seconds", seconds(each.time)}});
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
  out["rolls"] = rolls(report);
  out["restarts"] = restarts(report);
  out["leadersAtEnd"] = leaders(report);
  out["pointOfNoReturn"] =
      report.point_of_no_return.empty() ? Json(nullptr) : Json(report.point_of_no_return);
  out["decisions"] = decisions(report);
  out["underMinIsrWorst"] = worst(report.under_min_isr_worst);
  out["produceUnavailableWorst"] = worst(report.produce_unavailable_worst);
  out["alerts"] = alerts(report);
  out["expectations"] = Json::array();
  for (const ExpectationResult& e : report.expectations) {
    Json entry{{"expected", e.text}, {"actual", e.actual}, {"holds", e.holds}, {"where", e.where}};
    entry["open"] = e.open;
    if (!e.of.empty()) entry["of"] = e.of;
    out["expectations"].push_back(std::move(entry));
  }
  out["violations"] = Json::array();
  for (const ViolationEntry& v : report.violations) {
    out["violations"].push_back(
        {{"property", v.property}, {"atSeconds", seconds(v.at)}, {"how", v.how}});
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
  Json all = Json::array();
  for (const Report& report : reports) all.push_back(json_of(report));
  return all.dump(2) + "\n";
}

}  // namespace twin::scenario
