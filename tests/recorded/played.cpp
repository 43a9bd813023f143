#include "tests/recorded/played.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "scenarios/runner/load.h"
#include "scenarios/runner/run.h"

namespace twin::recorded {

namespace {

using controller::DecisionKind;
using scenario::DecisionEntry;
using scenario::Report;

struct Lines : scenario::TimelineSink {
  std::vector<scenario::TimelineLine> lines;
  void on_line(const scenario::TimelineLine& line) override { lines.push_back(line); }
};

struct Played {
  Report report;
  std::vector<scenario::TimelineLine> lines;
};

scenario::Scenario load(const Case& which) {
  const std::string path =
      std::string(TWIN_SOURCE_DIR "/scenarios/rolling/recorded/") + which.scenario + ".yaml";
  auto loaded = scenario::load_scenario(path);
  EXPECT_TRUE(loaded.has_value()) << (loaded ? "" : loaded.error().to_string());
  return std::move(*loaded);
}

const Played& play(const Case& which) {
  static std::map<std::string, Played> played;
  const auto found = played.find(which.scenario);
  if (found != played.end()) return found->second;
  Lines lines;
  scenario::RunOptions options;
  options.timeline = &lines;
  Played& run = played[which.scenario];
  run.report = scenario::run_scenario(load(which), options);
  run.lines = std::move(lines.lines);
  return run;
}

double seconds(sim::Duration time) { return static_cast<double>(time.ns) / 1e9; }

bool ends_reconcile(const DecisionEntry& decision) {
  return decision.kind == DecisionKind::reconcile && decision.code != "Started";
}

bool matches(const DecisionEntry& decision, const Figure& figure) {
  switch (figure.moment) {
    case Moment::order:
      return decision.kind == DecisionKind::order;
    case Moment::refused:
      return decision.kind == DecisionKind::wait;
    case Moment::gave_up:
      return decision.kind == DecisionKind::give_up;
    case Moment::reconfigured:
      return decision.kind == DecisionKind::reconfigure;
    case Moment::removed:
      return decision.code == "UnregisterNode";
    case Moment::ended:
      return ends_reconcile(decision);
    default:
      return false;
  }
}

const Report& report_of(const Case& which) { return play(which).report; }

double longest_stall_in(const Report& report, std::string_view topic) {
  double longest = 0;
  for (const auto& [partition, time] : report.produce_unavailable_worst) {
    if (partition.substr(0, partition.rfind('-')) == topic)
      longest = std::max(longest, seconds(time));
  }
  return longest;
}

}  // namespace

std::vector<int> restart_order(const Case& which) {
  std::vector<int> order;
  for (const auto& restart : report_of(which).restarts) {
    order.push_back(static_cast<int>(restart.node));
  }
  return order;
}

std::vector<std::string> problems(const Case& which) {
  std::vector<std::string> problems;
  for (const DecisionEntry& decision : report_of(which).decisions) {
    if (decision.at.ns < 0 || !decision.code.ends_with("Problem")) continue;
    problems.push_back((decision.node < 0 ? std::string("-") : std::to_string(decision.node)) +
                       " " + decision.code);
  }
  // Case 6 goes on at each tick of the timer: the recording is of its first three reconciles.
  const size_t recorded = which.problems.size();
  const bool longer = problems.size() > recorded && recorded > 0;
  if (longer && report_of(which).end == "timeMax") problems.resize(recorded);
  return problems;
}

std::vector<std::string> conditions(const Case& which) {
  std::vector<std::string> conditions;
  for (const auto& condition : report_of(which).conditions) {
    conditions.push_back(condition.type + (condition.reason.empty() ? "" : " ") + condition.reason);
  }
  return conditions;
}

std::optional<double> predicted(const Case& which, const Figure& figure) {
  const Report& report = report_of(which);
  int seen = 0;
  if (figure.moment == Moment::deleted || figure.moment == Moment::ready) {
    for (const auto& restart : report.restarts) {
      if (restart.node != figure.node || ++seen < figure.nth) continue;
      if (figure.moment == Moment::deleted) return seconds(restart.deleted) - which.change;
      if (restart.ready) return seconds(*restart.ready) - which.change;
      return std::nullopt;
    }
    return std::nullopt;
  }
  if (figure.moment == Moment::created || figure.moment == Moment::first_ready) {
    for (const auto& line : play(which).lines) {
      if (!line.who.ends_with("-" + std::to_string(figure.node))) continue;
      if (line.what != (figure.moment == Moment::created ? "pod created" : "Ready")) continue;
      return seconds(line.at - report.first_change) - which.change;
    }
    return std::nullopt;
  }
  for (const DecisionEntry& decision : report.decisions) {
    const double at = seconds(decision.at) - which.change;
    if (at < 0 || !matches(decision, figure)) continue;
    if (figure.node >= 0 && decision.node != figure.node) continue;
    if (++seen == figure.nth) return at;
  }
  return std::nullopt;
}

double longest_stall(const Case& which, std::string_view topic) {
  return longest_stall_in(report_of(which), topic);
}

double longest_stall_when_slower(const Case& which, std::string_view topic, sim::Duration by) {
  scenario::Scenario scenario = load(which);
  scenario.environment.hardware.jvm_start_broker =
      scenario.environment.hardware.jvm_start_broker + by;
  return longest_stall_in(scenario::run_scenario(scenario, {}), topic);
}

bool within(double predicted, double measured) {
  return std::abs(predicted - measured) <= std::max(1.0, 0.1 * measured);
}

}  // namespace twin::recorded
