// The cluster that a plan is made for: the one of a scenario at the clock's zero, or one that a
// file describes (docs/PLANNING.md).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "controller/rebalance/cluster_view.h"
#include "scenarios/runner/scenario.h"

namespace twin::scenario {

class Session;

struct PlanInput {
  std::string file;
  std::vector<std::string> files;  // that were read beside it
  std::string name;
  std::shared_ptr<const Scenario> scenario;  // that it is of; null: a description
  controller::rebalance::ClusterView view;
};

// Reads the file: a document of `kind: ClusterDescription`, or else a scenario. One error for all
// mistakes, as format_error writes them.
sim::Expected<PlanInput> read_plan_input(const std::string& path,
                                         const std::vector<std::string>& overrides);

// plan_input.cpp's two kinds. `text` is the file's.
sim::Expected<PlanInput> read_description(const std::string& text, const std::string& path);
// Plays the scenario until its cluster is Ready and its topics are there, without its steps.
sim::Expected<PlanInput> view_of_scenario(Scenario scenario);
// The two halves of it: the scenario that only deploys, and what its session comes to. Error: the
// cluster is never Ready.
Scenario without_steps(Scenario scenario);
sim::Expected<PlanInput> view_of(Session& session, const Scenario& scenario);

// A whole file. Error: it cannot be read; `what_it_is` is said as what would be right.
sim::Expected<std::string> read_whole_file(const std::string& path, const std::string& what_it_is);

}  // namespace twin::scenario
