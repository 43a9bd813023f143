// `exec:CMD`: the twin's operator with somebody else's rolling logic. The operator makes the
// objects, reads pods, configurations, partitions and quorum, and says what they are; the program
// says which pods to restart and when to be asked again. A roll is a program: it is started with
// the roll and killed when the roll ends or the operator dies, so what it must remember it has to
// read off the cluster, as any operator has to.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "controller/profile.h"
#include "controller/roll/roller.h"
#include "scenarios/exec/observation.h"
#include "scenarios/exec/program.h"

namespace twin::exec {

class ExecRoller final : public controller::Roller {
 public:
  ExecRoller(const std::string& command, controller::RollRequest request);
  controller::Progress step(controller::Calls& calls) override;
  std::vector<std::string> pending() const override;

 private:
  bool look(controller::Calls& calls, Observation& seen);
  bool look_at_pods(controller::Calls& calls, Observation& seen);
  bool look_at_configs(controller::Calls& calls, Observation& seen);
  bool look_at_kafka(controller::Calls& calls, Observation& seen);
  bool restart(controller::Calls& calls, const Observation& seen);
  void cite(const controller::ReplyMeta& meta, const std::string& what, Observation& seen);

  std::string command_;
  controller::RollRequest request_;
  std::unique_ptr<Program> program_;
  std::vector<controller::CallId> cites_;  // of this look
  Answer answer_;
  bool answered_ = false;
  std::string said_;
};

// From now on `exec:CMD` and `exec-operator:CMD` are profiles.
void plug_in_programs();

}  // namespace twin::exec
