#include "scenarios/preview/outcome.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace twin::preview {

namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Outcome& o) {
  return {{"settled", o.settled},
          {"ready", o.ready},
          {"took", o.took.ns},
          {"restarts", o.restarts},
          {"underMinIsr", o.under_min_isr.ns},
          {"offline", o.offline.ns},
          {"unavailable", o.unavailable.ns},
          {"lag", o.lag.ns},
          {"rejected", o.rejected},
          {"lost", o.lost_bytes},
          {"alerts", o.alerts}};
}

Outcome outcome_from(const Json& json) {
  const auto duration = [&](const char* key) { return sim::Duration{json.at(key).get<int64_t>()}; };
  Outcome o;
  o.settled = json.at("settled").get<bool>();
  o.ready = json.at("ready").get<bool>();
  o.took = duration("took");
  o.restarts = json.at("restarts").get<int64_t>();
  o.under_min_isr = duration("underMinIsr");
  o.offline = duration("offline");
  o.unavailable = duration("unavailable");
  o.lag = duration("lag");
  o.rejected = json.at("rejected").get<int64_t>();
  o.lost_bytes = json.at("lost").get<int64_t>();
  o.alerts = json.at("alerts").get<int64_t>();
  return o;
}

// Exceptions of the library end here.
template <class Read>
auto read_line(const std::string& line, Read read) -> sim::Expected<decltype(read(Json()))> {
  try {
    return read(Json::parse(line));
  } catch (const Json::exception& error) {
    return sim::Error{"", std::string("a run's line cannot be read: ") + error.what(), ""};
  }
}

}  // namespace

namespace {

sim::Duration done_after(const scenario::Report& report) {
  sim::Duration done = report.ready_after.value_or(sim::Duration{});
  done = std::max(done, report.no_return_after.value_or(sim::Duration{}));
  for (const scenario::RestartEntry& restart : report.restarts) {
    done = std::max(done, restart.ready.value_or(report.duration));
  }
  return done.ns == 0 || report.moves_started > 0 ? report.duration : done;
}

}  // namespace

Outcome outcome_of(const scenario::Report& report, bool until_rest) {
  Outcome o;
  o.settled = report.end == "settled";
  const api::Condition* ready = api::find_condition(report.conditions, "Ready");
  o.ready = ready != nullptr && ready->status == "True";
  o.took = until_rest ? report.duration : done_after(report);
  o.restarts = static_cast<int64_t>(report.restarts.size());
  o.under_min_isr = report.under_min_isr_longest;
  o.offline = report.offline;
  o.unavailable = report.produce_unavailable_longest;
  o.lag = report.consumer_lag;
  o.rejected = report.records_rejected;
  o.lost_bytes = report.acknowledged_bytes_lost;
  o.alerts = static_cast<int64_t>(report.alerts.size());
  return o;
}

std::string to_line(const Outcome& outcome) { return json_of(outcome).dump(); }

std::string to_line(const AbortOutcome& outcome) {
  return Json{{"at", outcome.at.ns},       {"back", outcome.back},
              {"took", outcome.took.ns},   {"restarts", outcome.restarts},
              {"whyNot", outcome.why_not}, {"whole", json_of(outcome.whole)}}
      .dump();
}

sim::Expected<Outcome> outcome_from_line(const std::string& line) {
  return read_line(line, outcome_from);
}

sim::Expected<AbortOutcome> abort_from_line(const std::string& line) {
  return read_line(line, [](const Json& json) {
    AbortOutcome o;
    o.at = sim::Duration{json.at("at").get<int64_t>()};
    o.back = json.at("back").get<bool>();
    o.took = sim::Duration{json.at("took").get<int64_t>()};
    o.restarts = json.at("restarts").get<int64_t>();
    o.why_not = json.at("whyNot").get<std::string>();
    o.whole = outcome_from(json.at("whole"));
    return o;
  });
}

}  // namespace twin::preview
