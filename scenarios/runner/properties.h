// What must hold in every run, whatever the scenario: the list of properties, watched while the run
// goes on, so that a violation stands in the trace at the moment it happened.
//
//   citations     a voluntary restart cites answered calls, none unknown, none older than 10 s
//   min-isr       the state that truly held when the replies it cites were made did not forbid it:
//                 no partition with RF above min.insync.replicas falls below it
//   quorum        the same for the majority of the metadata quorum or of the ZooKeeper ensemble
//   unlucky       not a violation: the slack was there when the replies were made and gone when the
//                 pod was deleted. Counted.
//   acknowledged  acknowledged bytes are lost only where election was unclean or every eligible
//                 copy lost its disk or its unflushed tail
//   one-node      a volume is attached to one machine at a time
//   same-volumes  a node id comes back on the volumes that it had
//   versions      no live process meets a peer, or a metadata level, that it does not understand
//   trust         live nodes trust each other's certificates, at every moment
//   claims        no claim is deleted that the user did not give up
//   brokers       no broker that holds replicas is removed for good
//   throttles     no replication throttle of an operator is left behind
//   liveness      once faults and changes stop, what is asked for is reached within the bound of
//                 liveness.h, and then nothing moves
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/kernel.h"
#include "model/world.h"
#include "scenarios/runner/properties/liveness.h"
#include "scenarios/runner/properties/property.h"
#include "scenarios/runner/recorder.h"

namespace twin::scenario {

// In the order of the list above; "unlucky" is counted, not judged.
const std::vector<std::string_view>& property_names();

struct PropertyViolation {
  std::string property;
  sim::Time at;
  std::string how;
};

class Properties : public model::TraceListener, public RestartObserver, public Verdicts {
 public:
  // REQUIRES: both outlive it; it listens behind the recorder.
  Properties(model::World& world, Recorder& recorder);

  void on_record(const sim::Record& record) override;
  void on_restart(const RecordedRestart& restart) override;
  // The run has ended: what can only be said now. pending: what is not as desired, a line each.
  void finish(const Scenario& scenario, const SessionEnd& end,
              const std::vector<std::string>& pending);

  const std::vector<PropertyViolation>& violations() const { return violations_; }
  int64_t unlucky_restarts() const { return unlucky_; }

  void violate(const std::string& property, int64_t node, int64_t partition,
               std::string how) override;
  void unlucky(int64_t node, int64_t partitions, std::string how) override;

 private:
  model::World& world_;
  std::vector<PropertyPtr> properties_;
  Liveness liveness_;
  std::vector<PropertyViolation> violations_;
  int64_t unlucky_ = 0;
};

}  // namespace twin::scenario
