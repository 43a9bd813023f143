// liveness: once faults and changes stop, what is asked for is reached within a bound, and then
// nothing moves. The bound is a formula of the scenario's own times (docs/model/properties.md):
//
//   2 x full reconciliation interval        what was missed is seen, what failed is tried again
//   + 2 x operation timeout                 what is given up is begun again
//   + nodes x rolls x restart               rolls = 1 + 2 per change that the scenario makes
//   + faults x copy                         a broker's data fetched whole, once for each fault
//   + moves x move                          and once for each reassignment
//
//   restart  grace + detach + attach + pull + init + container and JVM start + session of the last
//            incarnation + log load of the fullest broker after an unclean stop + readiness (its
//            delay and two periods) + catching up what came in meanwhile
//   copy     bytes of the fullest broker over the rate that its disks and card leave
//   move     the same, at what the lowest throttle leaves: a leader's quota counts what goes to
//   each
//            follower of a listed partition, those in the ISR included
//
// A desired state that the operator refuses, and says so in the resource's status, is rest: there
// is nothing to reach until somebody changes it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "controller/api/strimzi.h"
#include "scenarios/runner/properties/property.h"
#include "scenarios/runner/scenario.h"
#include "scenarios/runner/session.h"

namespace twin::scenario {

struct LivenessBound {
  sim::Duration interval;   // of full reconciliation
  sim::Duration operation;  // the operator's patience with one operation
  sim::Duration restart;    // of one node, with all that it may have to wait for
  sim::Duration copy;       // of the fullest broker's data
  int64_t nodes = 0;
  int64_t rolls = 0;
  int64_t faults = 0;
  sim::Duration move;
  int64_t moves = 0;
  // False: more comes in than a broker, or a throttled move, can fetch beside it, so no time is
  // enough.
  bool finite = true;

  sim::Duration total() const;
  // "2 x 2 min + 2 x 5 min + 6 nodes x 3 rolls x 2 min 10 s + 0 faults x 0 ns
  // + 0 moves x 0 ns"
  std::string text() const;
};
LivenessBound liveness_bound(const Scenario& scenario, const model::World& world);

// Watches when the last thing was done to the world and when it last moved.
class Liveness final : public Property {
 public:
  using Property::Property;
  void on_record(const sim::Record& record) override;
  // pending: what is not as desired at the end, a line each.
  void judge(const Scenario& scenario, const SessionEnd& end,
             const std::vector<std::string>& pending);

 private:
  sim::Time disturbed_{};  // last step taken, fault injected or healed, operator started
  sim::Time moved_{};
};

// Is the resource refused as it stands? Then it is at rest although it is not Ready.
bool is_refused(const api::Kafka& kafka);

}  // namespace twin::scenario
