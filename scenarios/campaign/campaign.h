// A campaign: many runs that differ in what goes wrong, numbered from 0, each a scenario file that
// is a function of the plan and its number. Three sorts:
//   generated    clusters, workloads, changes and faults from a seed (case.h)
//   schedules    fault schedules from a seed, against a scenario that was given
//   crash sweep  that scenario once for each port call of its operator, which dies before or after
//   it
//   stale sweep  that scenario three times for each view that its operator acts on, which from
//   there on is old (its watches stand still for 30 s), has a gap (it is cut off from the API
//   server for 40 s), or is half-way (it dies, and what the next process is told stands still)
// Several operators get the same runs: first all of one, then all of the next.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/campaign/outcome.h"
#include "scenarios/campaign/scenario_text.h"
#include "scenarios/campaign/schedule.h"
#include "scenarios/campaign/shrunk.h"

namespace twin::campaign {

struct Plan {
  std::vector<std::string> profiles{"twin"};
  uint64_t seed = 1;     // of run 0; the next has the next
  uint64_t runs = 1000;  // of each profile; a sweep has as many as there are points
  int64_t faults_max = 4;
  std::optional<ScenarioText> base;  // none: generated
  Baseline baseline;                 // of the base
  bool crash_sweep = false;
  bool stale_sweep = false;
  bool kraft = true, zookeeper = true;  // eras of generated clusters

  uint64_t runs_each() const {
    return crash_sweep ? 2 * baseline.calls : stale_sweep ? 3 * baseline.views.size() : runs;
  }
  uint64_t items() const { return runs_each() * profiles.size(); }
  const std::string& profile_of(uint64_t item) const {
    return profiles[static_cast<size_t>(item / runs_each())];
  }
};

// Generated clusters are of the eras that all operators of the plan take; an error when none is.
sim::Expected<void> choose_eras(Plan& plan);

// The scenario file of a run. REQUIRES: item < items().
std::string text_of(const Plan& plan, uint64_t item);
// One line for a person: "seed 17", "the operator dies before its call 31".
std::string name_of(const Plan& plan, uint64_t item);

// Plays it. An error when the file does not load, which is a mistake of ours.
sim::Expected<Outcome> play_item(const Plan& plan, uint64_t item);

struct Counterexample {
  std::string property;
  std::string text;  // of the smallest file found
  Outcome outcome;
  int runs = 0;
  int faults = 0;
  std::vector<std::string> last_decisions;  // before the violation, oldest first
};
// REQUIRES: the run violates something.
Counterexample shrink_item(const Plan& plan, uint64_t item, const ShrinkLimits& limits);

// What a number of runs came to.
struct Tally {
  uint64_t runs = 0, judged = 0, failed = 0;
  uint64_t violating = 0;                      // runs
  uint64_t known = 0;                          // of them, those of which all is known (known.h)
  std::map<std::string, uint64_t> violations;  // by property, runs
  // Of those that are known: by property, then by reference.
  std::map<std::string, std::map<std::string, uint64_t>> references;
  uint64_t rolled = 0, fault_in_roll = 0, waited = 0;
  int64_t unlucky = 0, leader_moves = 0;
  sim::Duration duration{}, under_min_isr{};
  uint64_t events = 0;
  std::map<std::string, uint64_t> marks;  // runs that passed each

  void add(const Outcome& outcome, const std::string& profile = {});
};

}  // namespace twin::campaign
