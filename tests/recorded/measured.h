// What the real Strimzi 0.47.0 was seen to do, second by second, on a real API server with real
// Kafka 4.3.1 processes on loopback: one scenario and one list of figures for each recorded case.
// Times count from the change of the resource, as in the recordings.
#pragma once

#include <string>
#include <vector>

namespace twin::recorded {

// Which moment of a run a figure is about.
enum class Moment {
  order,         // the roller has its initial order
  refused,       // the nth decision to wait of a node
  gave_up,       // the nth time a node is given up
  deleted,       // the nth time a node's pod is deleted to restart it
  ready,         // ... and is Ready again
  reconfigured,  // a node's configuration is changed while it runs
  ended,         // the nth end of a reconcile since the change, good or bad
  created,       // the first pod of that name is created
  first_ready,   // ... and is Ready
  removed,       // a node is unregistered
};

struct Figure {
  const char* what;
  Moment moment;
  int node = -1;
  int nth = 1;
  double measured = 0;  // seconds after the change
};

// The longest time in which a producer got no record of a topic acknowledged.
struct Stall {
  const char* topic;
  double measured = 0;  // seconds
  // Why the twin is known to differ by more than 10 %: nullptr where it does not.
  const char* differs = nullptr;
};

struct Case {
  const char* scenario;            // scenarios/rolling/recorded/NAME.yaml
  double change = 0;               // of the resource, after the scenario's first step that acts
  std::vector<int> restart_order;  // nodes
  // Problems of the roller and of reconciles in order: "4 UnforceableProblem", "- FatalProblem".
  std::vector<std::string> problems;
  std::vector<std::string> conditions;  // of the resource at the end: type and reason
  std::vector<Figure> figures;
  std::vector<Stall> stalls{};
};

const std::vector<Case>& measured_cases();

}  // namespace twin::recorded
