// What must hold in every run, whatever the scenario: watched while the run goes on, so that a
// violation stands in the trace at the moment it happened. The `twin` operator must hold all of
// them; other profiles are judged by the same rule, which is how their open bugs show.
//
//   min-isr       a voluntary restart is wrong when the state that truly held when the replies it
//                 cites were made (at most 10 s before) already forbade it: a partition with RF
//                 above min.insync.replicas would fall below it; or when a cited reply was not an
//                 answer.
//   quorum        the same for the majority of the metadata quorum.
//   unlucky       not a violation: the slack was there when the replies were made and gone when the
//                 pod was deleted. Counted.
//   acknowledged  acknowledged bytes are lost only where election was unclean, or a disk or an
//                 unflushed tail was lost.
//   one-node      a volume is attached to one machine at a time.
//   same-volumes  a node id comes back on the volumes that it had.
//   versions      no live process meets a peer, or a metadata level, that it does not understand.
//   claims        no operator deletes a claim unless deleteClaim or an annotation of the user says
//   so.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/kernel.h"
#include "model/world.h"
#include "scenarios/runner/recorder.h"

namespace twin::scenario {

struct PropertyViolation {
  std::string property;
  sim::Time at;
  std::string how;
};

class Properties : public model::TraceListener, public RestartObserver {
 public:
  Properties(model::World& world, Recorder& recorder);

  void on_record(const sim::Record& record) override;
  void on_restart(const RecordedRestart& restart) override;

  const std::vector<PropertyViolation>& violations() const { return violations_; }
  int64_t unlucky_restarts() const { return unlucky_; }
  // A violation found by the caller, at the end of a run.
  void violate(const std::string& property, int64_t node, int64_t partition, std::string how);

 private:
  // Times at which the state that a restart rests on was true, oldest first.
  struct Basis {
    std::vector<sim::Time> times;
    std::string problem;  // "" when every cited reply is a fresh answer
  };
  Basis basis_of(const RecordedRestart& restart) const;
  void check_min_isr(const RecordedRestart& restart, const Basis& basis);
  void check_quorum(const RecordedRestart& restart, const Basis& basis);
  bool majority_without(int64_t node, sim::Time at) const;
  void check_versions();
  void check_volumes(const sim::Record& record);
  void check_claim_removal(const sim::Record& record);
  bool loss_is_explained(int64_t partition) const;

  struct Transition {
    sim::Time at;
    int64_t node;
    bool up;
  };

  model::World& world_;
  Recorder& recorder_;
  std::vector<PropertyViolation> violations_;
  int64_t unlucky_ = 0;
  std::vector<Transition> transitions_;            // processes, in order
  std::map<int64_t, int64_t> attached_to_;         // volume string -> kube node string
  std::map<int64_t, std::vector<std::string>> volumes_of_;  // node -> volume names at first start
  std::set<std::string> misunderstood_;            // reported once each
  bool power_or_disk_lost_ = false;
};

}  // namespace twin::scenario
