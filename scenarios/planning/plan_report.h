// A plan as people and programs read it: what moves, what each broker and disk has before, after
// and at the worst moment, in which batches, and the way back.
#pragma once

#include <string>
#include <vector>

#include "controller/rebalance/batches.h"
#include "controller/rebalance/changes.h"
#include "controller/rebalance/plan.h"
#include "scenarios/planning/plan_input.h"

namespace twin::scenario {

struct PlanReport {
  const PlanInput* input = nullptr;
  std::string name;  // of the strategy, or of the file that the plan was read from
  controller::rebalance::PlanRequest request;
  controller::rebalance::Plan plan;
  controller::rebalance::Schedule schedule;
  std::vector<controller::rebalance::ReplicaList> start;
  std::vector<controller::rebalance::PartitionIndex> changed;
  std::vector<controller::rebalance::BrokerFigures> before, after;
  controller::rebalance::DiskBytes disks_before, disks_after;
  int64_t copies = 0;  // between brokers
  int64_t network_bytes = 0;
  int64_t dir_copies = 0;  // between directories of a broker
  int64_t dir_bytes = 0;
  int64_t leaders_changed = 0;  // preferred ones
};

// A plan that somebody else made: a file as kafka-reassign-partitions reads it, or prints it with
// --generate.
sim::Expected<controller::rebalance::Plan> read_plan(const PlanInput& input,
                                                     const std::string& path);

// Cuts the batches and takes the figures. REQUIRES: `input` outlives the report.
PlanReport make_plan_report(const PlanInput& input,
                            const controller::rebalance::PlanRequest& request,
                            controller::rebalance::Plan plan, const std::string& name);

// The files of kafka-reassign-partitions, with a line end: to the plan, and back from it.
std::string plan_json(const PlanReport& report);
std::string rollback_json(const PlanReport& report);

std::string to_text(const PlanReport& report, int width, bool colour);
// The whole of it, the two files and one for each batch among it.
std::string to_json(const PlanReport& report);

}  // namespace twin::scenario
