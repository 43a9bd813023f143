// `kafka-twin plan --goal fast-rolls`: the placement that lets `roll: batch` take brokers down
// together, what it costs to get there, and what a roll takes before and after. Brokers become as
// many groups as the highest replication factor (controller/rebalance/failure_groups.h), and each
// partition gets at most one replica in each, by rack-repair on groups in place of racks.
#pragma once

#include <optional>
#include <string>

#include "controller/rebalance/failure_groups.h"
#include "controller/rebalance/plan.h"
#include "scenarios/planning/plan_input.h"
#include "scenarios/planning/plan_report.h"
#include "scenarios/planning/roll_forecast.h"
#include "scenarios/runner/scenario.h"

namespace twin::scenario {

// A roll of every broker, played.
struct PlayedRoll {
  sim::Duration took{};  // from the first deletion to the last broker Ready
  int64_t restarts = 0, batches = 0;
  sim::Duration under_min_isr{};
  std::string trouble;  // why its times say nothing; "" = it came to rest
};

struct FastRolls {
  controller::BatchRules rules;
  controller::rebalance::FailureGroups groups;
  RollForecast before, after;
  int64_t kept = 0;    // partitions that stay where they are, since a rack would be lost
  std::string barred;  // why no placement helps; "" = one may
  std::optional<PlayedRoll> played_before, played_after;

  bool helps() const { return after.batches.size() < before.batches.size(); }
};

struct FastRollsPlan {
  controller::rebalance::Plan plan;
  FastRolls rolls;
};

// Error: as make_plan. `plan.impossible` says why where the groups cannot be reached.
sim::Expected<FastRollsPlan> plan_fast_rolls(const PlanInput& input,
                                             const controller::rebalance::PlanRequest& request,
                                             const controller::BatchRules& rules);

// The scenario's cluster, rolled as it is and after the plan was carried out: both are played.
void play_rolls(const Scenario& scenario, const PlanInput& input, FastRollsPlan& plan);

std::string fast_rolls_text(const FastRolls& rolls, int width, bool colour);
// The plan's report with the rolls in it, as "fastRolls".
std::string to_json(const PlanReport& report, const FastRolls& rolls);

}  // namespace twin::scenario
