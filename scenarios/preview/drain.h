// A node pool of Kubernetes that is upgraded under the cluster: its machines are drained one after
// the other, each is away for a while and takes pods again before the next one goes. Evictions obey
// budgets, or Strimzi's Drain Cleaner where it is installed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/trace/names.h"
#include "scenarios/runner/report.h"
#include "scenarios/runner/scenario.h"
#include "sim/expected.h"

namespace twin::preview {

struct Drain {
  std::vector<std::string> nodes;                       // in this order; empty: nothing is drained
  bool cleaner = false;                                 // the Drain Cleaner
  sim::Duration away{5 * 60 * int64_t{1'000'000'000}};  // from empty to taking pods again
};

// Machines whose labels match, in the order of the environment. Selectors are those of kubectl:
// KEY=VALUE, ==, !=, `KEY in (A,B)`, `KEY notin (A,B)`, KEY, !KEY; comma: and. Error: no selector,
// a label that machines of a scenario do not have, or no machine that matches.
sim::Expected<std::vector<std::string>> select_nodes(std::string_view selector,
                                                     const scenario::Environment& environment);
// The first at `at`, on the scenario's clock.
std::vector<scenario::Step> draining(const Drain& drain, sim::Duration at);

// A pod that went without an operator's decision: an eviction, when nothing else goes wrong.
struct Eviction {
  std::string pod;
  sim::Duration at;                    // since the change
  std::optional<sim::Duration> ready;  // of the pod of that name, after it
};

class Evictions : public model::TraceListener {
 public:
  void on_record(const sim::Record& record) override;
  // Those of the run that are no restart of the report.
  std::vector<Eviction> of(const scenario::Report& report) const;

 private:
  struct Deletion {
    std::string pod;
    sim::Time at;
    std::optional<sim::Time> ready;
  };
  trace::Names names_;
  std::vector<Deletion> deletions_;
};

}  // namespace twin::preview
