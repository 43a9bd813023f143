// The preview for programs (docs/REPORT.md). Every time is in seconds.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "scenarios/preview/preview.h"
#include "scenarios/preview/spread.h"

namespace twin::preview {

namespace {

using Json = nlohmann::ordered_json;
using scenario::Report;

Json seconds(sim::Duration time) { return static_cast<double>(time.ns) / 1e9; }

Json changes(const Change& change) {
  Json out = Json::array();
  for (const ChangedObject& object : change.objects) {
    Json entry{{"object", object.name},
               {"where", object.where},
               {"new", object.before == nullptr},
               {"fields", Json::array()}};
    for (const Difference& field : object.fields) {
      entry["fields"].push_back(
          {{"path", field.path}, {"before", field.before}, {"after", field.after}});
    }
    out.push_back(std::move(entry));
  }
  return out;
}

Json restarts(const Preview& p) {
  Json out = Json::array();
  for (size_t i = 0; i < p.report.restarts.size(); ++i) {
    const scenario::RestartEntry& restart = p.report.restarts[i];
    Json entry{{"pod", restart.pod},       {"node", restart.node},
               {"reason", restart.reason}, {"why", p.restart_why[i]},
               {"batch", restart.batch},   {"deletedSeconds", seconds(restart.deleted)}};
    entry["readySeconds"] = restart.ready ? seconds(*restart.ready) : Json(nullptr);
    out.push_back(std::move(entry));
  }
  return out;
}

Json evictions(const Preview& p) {
  Json out = Json::array();
  for (const Eviction& each : p.evictions) {
    Json entry{{"pod", each.pod}, {"atSeconds", seconds(each.at)}};
    entry["readySeconds"] = each.ready ? seconds(*each.ready) : Json(nullptr);
    out.push_back(std::move(entry));
  }
  return out;
}

Json rolls(const Report& report) {
  Json out = Json::array();
  for (const scenario::RollEntry& roll : report.roll_list) {
    out.push_back({{"beganSeconds", seconds(roll.began)},
                   {"endedSeconds", seconds(roll.ended)},
                   {"controllers", roll.controllers},
                   {"brokers", roll.brokers},
                   {"others", roll.others},
                   {"leaderMoves", roll.leader_moves}});
  }
  return out;
}

Json clients(const Preview& p) {
  const Report& r = p.report;
  return {{"producersPlayed", p.has_producers},
          {"produceUnavailableLongestSeconds", seconds(r.produce_unavailable_longest)},
          {"consumerLagRecords", r.consumer_lag_records},
          {"consumerLagSeconds", seconds(r.consumer_lag)},
          {"underMinIsrLongestSeconds", seconds(r.under_min_isr_longest)},
          {"underMinIsrSeconds", seconds(r.under_min_isr)},
          {"offlineSeconds", seconds(r.offline)},
          {"recordsRejected", r.records_rejected},
          {"acknowledgedBytesLost", r.acknowledged_bytes_lost}};
}

Json or_null(const std::optional<sim::Duration>& time) {
  return time ? seconds(*time) : Json(nullptr);
}

Json spread(const Preview& p) {
  if (p.spread.empty()) return nullptr;
  Json out{{"inputs", p.measured}, {"runs", p.spread.size()}};
  int64_t unfinished = 0;
  for (const Outcome& run : p.spread) unfinished += run.done() ? 0 : 1;
  out["unfinished"] = unfinished;
  for (const int64_t percent : {50, 90}) {
    const std::string key = "p" + std::to_string(percent);
    out[key + "FinishSeconds"] = or_null(finish(p, percent));
    out[key + "ProduceUnavailableSeconds"] =
        or_null(percentile(p.spread, &Outcome::unavailable, percent));
    out[key + "ConsumerLagSeconds"] = or_null(percentile(p.spread, &Outcome::lag, percent));
  }
  return out;
}

Json aborts(const Preview& p) {
  Json out = Json::array();
  for (const AbortPoint& point : p.aborts) {
    const AbortOutcome& o = point.outcome;
    Json entry{{"afterRestarts", point.after == kWhenDone ? Json(nullptr) : Json(point.after)},
               {"afterPod", point.pod},
               {"atSeconds", seconds(o.at)},
               {"back", o.back}};
    entry["backAfterSeconds"] = o.back ? seconds(o.took) : Json(nullptr);
    entry["whyNot"] = o.why_not;
    entry["restarts"] = o.restarts;
    entry["underMinIsrLongestSeconds"] = seconds(o.whole.under_min_isr);
    entry["produceUnavailableLongestSeconds"] = seconds(o.whole.unavailable);
    out.push_back(std::move(entry));
  }
  return out;
}

Json alerts(const Report& report) {
  Json out = Json::array();
  for (const scenario::Alert& alert : report.alerts) {
    out.push_back({{"rule", alert.rule},
                   {"spells", alert.spells},
                   {"longestSeconds", seconds(alert.longest)},
                   {"certain", alert.certain}});
  }
  return out;
}

Json notes(const std::vector<scenario::FieldNote>& list) {
  Json out = Json::array();
  for (const scenario::FieldNote& note : list) {
    out.push_back({{"where", note.where},
                   {"path", note.path},
                   {"why", note.why},
                   {"touchesSafety", note.touches_safety}});
  }
  return out;
}

Json conditions(const Preview& p) {
  Json out = Json::array();
  for (const FailResult& each : p.fail_on) {
    out.push_back({{"condition", each.text}, {"value", each.value}, {"met", each.met}});
  }
  return out;
}

}  // namespace

std::string to_json(const Preview& p) {
  const Report& r = p.report;
  const Outcome outcome = p.outcome();
  Json out{{"verdict", verdict_name(p.verdict)},
           {"reasons", p.reasons},
           {"cluster", r.scenario},
           {"file", r.file},
           {"operator", r.profile},
           {"kubernetes", r.kubernetes_version},
           {"hardware", r.hardware},
           {"seed", r.seed},
           {"fingerprint", fmt::format("{:016x}", r.fingerprint)},
           {"end", r.end},
           {"endDetail", r.end_detail}};
  out["finishSeconds"] = outcome.done() ? seconds(outcome.took) : Json(nullptr);
  out["spread"] = spread(p);
  out["windowSeconds"] = p.window ? seconds(*p.window) : Json(nullptr);
  out["failOn"] = conditions(p);
  out["operatorTo"] = p.operator_to.empty() ? Json(nullptr) : Json(p.operator_to);
  out["drained"] = p.drain.nodes;
  out["rotated"] = Json::array();
  for (const Rotation& each : p.rotations) out["rotated"].push_back(rotation_name(each));
  out["evictions"] = evictions(p);
  out["changes"] = changes(p.change);
  out["refused"] = Json::array();
  for (const Refusal& each : p.refusals) {
    out["refused"].push_back({{"atSeconds", seconds(each.at)},
                              {"code", each.code},
                              {"why", each.why},
                              {"lasts", each.lasts}});
  }
  out["rolls"] = rolls(r);
  out["restarts"] = restarts(p);
  out["failedReconciles"] = r.failed_reconciles;
  out["pointOfNoReturn"] =
      r.point_of_no_return.empty() ? Json(nullptr) : Json(r.point_of_no_return);
  out["turningBack"] = aborts(p);
  out["clients"] = clients(p);
  out["preflight"] = r.preflight;
  out["alerts"] = alerts(r);
  out["notModelled"] = notes(r.not_modelled);
  out["withoutEffect"] = notes(r.without_effect);
  return out.dump(2) + "\n";
}

}  // namespace twin::preview
