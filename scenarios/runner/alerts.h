// Which of the alert rules that Strimzi ships would have fired: what an on-call engineer is woken
// by when this happens for real. Source: prometheus-rules.yaml of Strimzi's metrics examples.
//
// A rule has to be true for its `for`; Prometheus looks at it each evaluation interval, 30 s unless
// set, on samples that are scraped each 30 s. A spell of `for` may fire it, and one of `for` and
// both intervals does. Counts are the whole cluster's, where the rules have them by pod: a spell
// during which partitions change leaders is taken as one.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "model/kernel.h"
#include "model/world.h"

namespace twin::scenario {

struct Alert {
  std::string_view rule;  // "UnderReplicatedPartitions"
  int64_t spells = 0;     // that were long enough
  sim::Duration longest{};
  bool certain = false;  // whenever Prometheus looks
};

class Alerts : public model::TraceListener {
 public:
  explicit Alerts(const model::World& world) : world_(world) {}
  void on_record(const sim::Record& record) override;
  // The workload has started: what came before is the deployment.
  void begin();
  // REQUIRES: called once, at the end of the run. Rules that may have fired, in the rules' order.
  std::vector<Alert> finish(sim::Time end);

 private:
  enum Rule : size_t { under_replicated, under_min_isr, offline, no_controller, kRules };
  struct Spell {
    bool on = false;
    sim::Time since{};
  };
  void see(Rule rule, bool on, sim::Time at);
  void look(sim::Time at);

  const model::World& world_;
  bool begun_ = false;
  int64_t controller_ = -1;
  std::array<Spell, kRules> spells_{};
  std::array<Alert, kRules> alerts_{};
};

}  // namespace twin::scenario
