#include "scenarios/campaign/outcome.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "scenarios/runner/run.h"
#include "sim/marks.h"

namespace twin::campaign {

namespace {

using Json = nlohmann::ordered_json;

// Faults at a time of their own; others happen when their condition does, which the report has not.
bool any_fault_between(const scenario::Scenario& scenario, const scenario::Report& report,
                       sim::Time from, sim::Time to) {
  return std::ranges::any_of(scenario.steps, [&](const scenario::Step& step) {
    if (step.kind != scenario::Step::Kind::fault || !step.trigger.at) return false;
    const auto index = static_cast<size_t>(&step - scenario.steps.data());
    if (std::ranges::find(report.steps_left_out, index) != report.steps_left_out.end()) {
      return false;
    }
    const sim::Time begin = report.zero + *step.trigger.at + step.trigger.after;
    const sim::Time end = begin + step.fault.duration;
    return begin <= to && end >= from;
  });
}

}  // namespace

bool Outcome::violates(std::string_view property) const {
  return std::ranges::find(violated, property) != violated.end();
}

Outcome outcome_of(const scenario::Scenario& scenario, const scenario::Report& report) {
  Outcome out;
  for (const scenario::ViolationEntry& each : report.violations) {
    if (!out.violates(each.property)) out.violated.push_back(each.property);
  }
  if (!report.violations.empty()) out.how = report.violations.front().how;
  out.end = report.end;
  // Nothing goes wrong before the clock's zero, so a cluster that is not deployed is the
  // operator's.
  if (report.end == "deployFailed") {
    out.violated.emplace_back("deployment");
    if (out.how.empty()) out.how = report.end_detail;
  }
  out.judged = report.end != "badStep";
  if (!out.judged) out.how = report.end_detail;
  out.restarts = static_cast<int64_t>(report.restarts.size());
  if (!report.restarts.empty()) {
    const scenario::RestartEntry& last = report.restarts.back();
    const sim::Time from = report.first_change + report.restarts.front().deleted;
    const sim::Time to = report.first_change + last.ready.value_or(last.deleted);
    out.fault_in_roll = any_fault_between(scenario, report, from, to);
  }
  out.waited = std::ranges::any_of(report.decisions, [](const scenario::DecisionEntry& each) {
    return each.kind == controller::DecisionKind::wait;
  });
  out.unlucky = report.unlucky_restarts;
  out.leader_moves = report.leader_moves;
  out.duration = report.duration;
  out.under_min_isr = report.under_min_isr;
  out.events = report.events;
  out.fingerprint = report.fingerprint;
  return out;
}

namespace {

// Whoever spins within an instant is found in seconds.
constexpr uint64_t kInstantEventsMax = 1'000'000;

}  // namespace

Outcome play(const scenario::Scenario& scenario, const volatile bool* interrupt) {
  scenario::RunOptions options;
  options.interrupt = interrupt;
  options.instant_events_max = kInstantEventsMax;
  sim::marks::reset();
  Outcome outcome = outcome_of(scenario, scenario::run_scenario(scenario, options));
  for (const sim::marks::Mark& mark : sim::marks::all()) {
    if (mark.count > 0) outcome.marks.emplace_back(mark.name);
  }
  return outcome;
}

std::optional<Outcome> try_to_play(const scenario::Scenario& scenario) {
  try {
    return play(scenario);
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

std::string to_line(const Outcome& o) {
  Json line;
  line["violated"] = o.violated;
  if (!o.how.empty()) line["how"] = o.how;
  line["end"] = o.end;
  line["judged"] = o.judged;
  line["restarts"] = o.restarts;
  line["faultInRoll"] = o.fault_in_roll;
  line["waited"] = o.waited;
  line["unlucky"] = o.unlucky;
  line["leaderMoves"] = o.leader_moves;
  line["durationNs"] = o.duration.ns;
  line["underMinIsrNs"] = o.under_min_isr.ns;
  line["events"] = o.events;
  line["fingerprint"] = fmt::format("{:016x}", o.fingerprint);
  line["marks"] = o.marks;
  return line.dump(-1, ' ', true);
}

sim::Expected<Outcome> from_line(std::string_view text) {
  const Json line = Json::parse(text, nullptr, false);
  const sim::Error broken{"", "not the outcome of a run", "a line that kafka-twin check wrote"};
  if (!line.is_object()) return broken;
  Outcome o;
  try {
    o.violated = line.at("violated").get<std::vector<std::string>>();
    o.how = line.value("how", "");
    o.end = line.at("end").get<std::string>();
    o.judged = line.at("judged").get<bool>();
    o.restarts = line.at("restarts").get<int64_t>();
    o.fault_in_roll = line.at("faultInRoll").get<bool>();
    o.waited = line.at("waited").get<bool>();
    o.unlucky = line.at("unlucky").get<int64_t>();
    o.leader_moves = line.at("leaderMoves").get<int64_t>();
    o.duration = {line.at("durationNs").get<int64_t>()};
    o.under_min_isr = {line.at("underMinIsrNs").get<int64_t>()};
    o.events = line.at("events").get<uint64_t>();
    o.marks = line.at("marks").get<std::vector<std::string>>();
    const auto hex = line.at("fingerprint").get<std::string>();
    std::from_chars(hex.data(), hex.data() + hex.size(), o.fingerprint, 16);
  } catch (const Json::exception&) {
    return broken;
  }
  return o;
}

}  // namespace twin::campaign
