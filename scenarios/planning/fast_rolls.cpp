#include "scenarios/planning/fast_rolls.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "controller/rebalance/changes.h"
#include "scenarios/runner/page.h"
#include "scenarios/runner/run.h"

namespace twin::scenario {

using namespace controller::rebalance;

namespace {

size_t racks_in(const ClusterView& view, const ReplicaList& list) {
  std::set<std::string> racks;
  for (int slot = 0; slot < list.size; ++slot) racks.insert(view.brokers[list[slot]].rack);
  return racks.size();
}

// The pods that a roll restarts: broker pools of the cluster, or its one set.
std::vector<std::string> broker_sets(const Scenario& scenario, const std::string& cluster) {
  std::vector<std::string> names;
  for (const auto& object : scenario.objects) {
    if (object->kind != api::Kind::kafka_node_pool) continue;
    const auto& pool = api::as<api::KafkaNodePool>(*object);
    if (pool.broker_role) names.push_back(cluster + "-" + pool.metadata.name);
  }
  if (names.empty()) names.push_back(cluster + "-kafka");
  return names;
}

Condition when_moved() {
  Condition moved;
  moved.kind = Condition::Kind::reassigned;
  moved.text = "reassigned";
  return moved;
}

// The moves, as many as a request may hold at once (QuorumController.MAX_RECORDS_PER_USER_OP), each
// request when the one before it has ended.
void reassign_to(const PlanInput& input, const std::vector<ReplicaList>& target,
                 std::vector<Step>& steps) {
  constexpr size_t kAtOnce = 5'000;
  const ClusterView& view = input.view;
  for (const PartitionIndex p : changed(start_lists(view), target)) {
    if (steps.empty() || steps.back().reassign.targets.size() == kAtOnce) {
      Step step;
      step.kind = Step::Kind::reassign;
      if (steps.empty()) {
        step.trigger.at = sim::Duration{};
      } else {
        step.trigger.when = when_moved();
      }
      steps.push_back(std::move(step));
    }
    Reassign::Target& each = steps.back().reassign.targets.emplace_back();
    each.topic = view.topics[view.partitions[p].topic].name;
    each.partition = static_cast<uint32_t>(view.partitions[p].number);
    for (int slot = 0; slot < target[p].size; ++slot) {
      each.replicas.push(view.brokers[target[p][slot]].id);
    }
  }
}

PlayedRoll play(Scenario scenario, const PlanInput& input, const controller::BatchRules& rules,
                const std::vector<ReplicaList>* target) {
  constexpr sim::Duration kDay{int64_t{86'400} * 1'000'000'000};
  constexpr sim::Duration kMinute{60'000'000'000};
  scenario.steps.clear();
  scenario.expectations.clear();
  scenario.compare_with.clear();
  scenario.compared_expectations.clear();
  scenario.time_max = kDay * 30;
  // Whoever operates the cluster: only `twin` rolls in batches.
  for (controller::OperatorOptions& each : scenario.operators) {
    each.profile = "twin";
    each.batch = rules;
  }
  if (target != nullptr) reassign_to(input, *target, scenario.steps);
  for (const std::string& set : broker_sets(scenario, input.name)) {
    Step roll;
    roll.kind = Step::Kind::annotate;
    if (target == nullptr) {
      roll.trigger.at = kMinute;
    } else {
      roll.trigger.when = when_moved();
      roll.trigger.after = kMinute;
    }
    roll.target_kind = "StrimziPodSet";
    roll.target = set;
    roll.changes.emplace_back(api::strimzi::kManualRollingUpdate, api::Value::string("true"));
    scenario.steps.push_back(std::move(roll));
  }
  const Report report = run_scenario(scenario, {});
  PlayedRoll played;
  for (const RollEntry& roll : report.roll_list) {
    played.took = played.took + (roll.ended - roll.began);
    played.restarts += roll.brokers + roll.controllers;
  }
  played.batches = report.restart_batches;
  played.under_min_isr = report.under_min_isr;
  if (report.end != "settled") {
    played.trouble = report.end + (report.end_detail.empty() ? "" : ": " + report.end_detail);
  }
  return played;
}

}  // namespace

sim::Expected<FastRollsPlan> plan_fast_rolls(const PlanInput& input, const PlanRequest& request,
                                             const controller::BatchRules& rules) {
  const ClusterView& view = input.view;
  FastRollsPlan out;
  out.rolls.rules = rules;
  out.rolls.rules.batch = true;
  out.rolls.groups = make_groups(view, std::max(1, largest_factor(view)));
  PlanRequest by_groups = request;
  by_groups.strategy = Strategy::rack_repair;
  by_groups.rack_aware = true;
  auto plan = make_plan(with_groups_as_racks(view, out.rolls.groups), by_groups);
  if (!plan) return plan.error();
  out.plan = std::move(*plan);
  const std::vector<ReplicaList> start = start_lists(view);
  out.rolls.barred = bars_batches(view, out.rolls.rules);
  if (out.plan.impossible || !out.rolls.barred.empty()) out.plan.target = start;
  // Groups inside racks may bring a topic of fewer replicas into fewer racks: it stays then.
  for (size_t p = 0; p < start.size(); ++p) {
    if (racks_in(view, out.plan.target[p]) >= racks_in(view, start[p])) continue;
    out.plan.target[p] = start[p];
    ++out.rolls.kept;
  }
  out.rolls.before = forecast_roll(view, start, out.rolls.rules);
  out.rolls.after = forecast_roll(view, out.plan.target, out.rolls.rules);
  return out;
}

void play_rolls(const Scenario& scenario, const PlanInput& input, FastRollsPlan& plan) {
  plan.rolls.played_before = play(scenario, input, plan.rolls.rules, nullptr);
  if (changed(start_lists(input.view), plan.plan.target).empty()) {
    plan.rolls.played_after = plan.rolls.played_before;
  } else {
    plan.rolls.played_after = play(scenario, input, plan.rolls.rules, &plan.plan.target);
  }
}

std::string fast_rolls_text(const FastRolls& rolls, int width, bool colour) {
  Page page(width, colour);
  page.heading("A roll of every broker, before and after");
  std::vector<int64_t> sizes(rolls.groups.count, 0);
  for (const uint16_t group : rolls.groups.of) ++sizes[group];
  const auto [least, most] = std::ranges::minmax(sizes);
  page.row("groups", fmt::format("{} of {} brokers: {}", rolls.groups.count,
                                 least == most ? fmt::format("{}", most)
                                               : fmt::format("{} to {}", least, most),
                                 rolls.groups.how));
  const auto pair = [&](const char* name, const std::string& before, const std::string& after) {
    page.row(name, before + " > " + after);
  };
  pair("batches", fmt::format("{}", rolls.before.batches.size()),
       fmt::format("{}", rolls.after.batches.size()));
  pair("brokers at once", fmt::format("{}", rolls.before.largest),
       fmt::format("{}, {} to spare", rolls.after.largest, rolls.rules.spare_failures));
  if (rolls.played_before && rolls.played_after) {
    const PlayedRoll &before = *rolls.played_before, &after = *rolls.played_after;
    pair("time, played", sim::format_duration(before.took), sim::format_duration(after.took));
    pair("under min ISR, played", sim::format_duration(before.under_min_isr),
         sim::format_duration(after.under_min_isr));
    for (const PlayedRoll* each : {&before, &after}) {
      if (!each->trouble.empty()) page.row("not at rest", each->trouble, Paint::yellow);
    }
  }
  pair("one crash more",
       fmt::format("{} partitions below min ISR at most", rolls.before.at_risk_max),
       fmt::format("{}", rolls.after.at_risk_max));
  if (!rolls.barred.empty()) page.item("No placement helps: " + rolls.barred + ".", Paint::yellow);
  if (rolls.barred.empty() && !rolls.helps()) {
    page.item("It gains nothing here: " + rolls.after.why + ".", Paint::yellow);
  }
  if (rolls.kept > 0) {
    page.item(fmt::format("{} partitions stay where they are: in other groups they would stand in "
                          "fewer racks.",
                          rolls.kept),
              Paint::yellow);
  }
  return page.take();
}

std::string to_json(const PlanReport& report, const FastRolls& rolls) {
  using Json = nlohmann::ordered_json;
  const auto of = [](const RollForecast& forecast, const std::optional<PlayedRoll>& played) {
    Json out{{"batches", forecast.batches.size()},
             {"brokersAtOnce", forecast.largest},
             {"oneCrashMoreBelowMinIsr", forecast.at_risk_max}};
    out["playedSeconds"] = played ? Json(static_cast<double>(played->took.ns) / 1e9) : nullptr;
    out["playedUnderMinIsrSeconds"] =
        played ? Json(static_cast<double>(played->under_min_isr.ns) / 1e9) : nullptr;
    return out;
  };
  Json fast{{"spareFailures", rolls.rules.spare_failures},
            {"groups", rolls.groups.of},
            {"groupsAre", rolls.groups.how},
            {"barred", rolls.barred.empty() ? Json(nullptr) : Json(rolls.barred)},
            {"partitionsKept", rolls.kept}};
  fast["before"] = of(rolls.before, rolls.played_before);
  fast["after"] = of(rolls.after, rolls.played_after);
  Json out = Json::parse(to_json(report));
  out["fastRolls"] = std::move(fast);
  return out.dump(2) + "\n";
}

}  // namespace twin::scenario
