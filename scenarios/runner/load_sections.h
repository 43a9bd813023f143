// The sections of a `kind: Scenario` document, each read by a file of its own.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "scenarios/runner/load_reader.h"
#include "scenarios/runner/scenario.h"

namespace twin::scenario {

struct OperatorSpec {
  controller::OperatorOptions options;
  int32_t replicas = 1;
};

// A scenario while it is read: what needs the manifests to be finished is kept beside it.
struct Draft {
  Scenario scenario;
  OperatorSpec operators;
  int32_t nodes_per_zone = 0;  // 0: enough for every pod
  std::vector<std::pair<std::string, api::Mark>> includes;
};

void read_scenario(const Node& document, Draft& draft);        // load_scenario.cpp
void read_operator(const Node& node, OperatorSpec& out);       // load_scenario.cpp
void read_environment(const Node& node, Draft& draft);         // load_environment.cpp
void read_hardware(const Node& node, Environment& out);        // load_hardware.cpp
void read_workload(const Node& node, Workload& out);           // load_workload.cpp
void read_topic(const Node& node, TopicWorkload& out);         // load_workload.cpp
void read_replica_list(const Node& node, api::NodeList& out);  // load_workload.cpp
void read_steps(const Node& node, std::vector<Step>& out);     // load_steps.cpp
void read_step_action(const Node& node, Step& out);            // load_actions.cpp
const std::vector<std::string>& step_action_names();           // load_actions.cpp
void read_condition(const Node& node, Condition& out);         // load_conditions.cpp
void read_expectations(const Node& node, std::vector<Expectation>& out);  // load_expect.cpp
void read_compare_with(const Node& node, Draft& draft);        // load_expect.cpp
bool read_profile(const Node& node, std::string& out);         // load_scenario.cpp

// Nodes, zones and the default StorageClass, where the file leaves them open (environment.cpp).
void complete_environment(Environment& environment, int32_t nodes_per_zone,
                          const std::vector<std::shared_ptr<api::Object>>& objects);
// What one document says about several parts at once (load_check.cpp): names that steps refer to.
void check_references(const Node& document, Draft& draft);
// What steps do to the objects of the file, tried out in order (load_changes.cpp): objects that do
// not exist, fields that are not there, changes that are not modelled.
void check_changes(const Node& document, Draft& draft);

}  // namespace twin::scenario
