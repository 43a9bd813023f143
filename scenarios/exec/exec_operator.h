// `exec-operator:CMD`: somebody else's whole operator. The program is told every object of its
// namespace and what Kafka says of itself, and answers what to write, delete and ask of Kafka. What
// stays ours is what any operator's client library is: the Lease, the watches that say when to look
// again, and the controller that keeps the pods of StrimziPodSets. The program is started with the
// process and killed with it, at any line.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controller/client/election.h"
#include "controller/client/informer.h"
#include "controller/operator.h"
#include "controller/podset/podset_controller.h"
#include "controller/roll/questions.h"
#include "scenarios/exec/cluster_line.h"
#include "scenarios/exec/program.h"

namespace twin::exec {

class ExecOperator final : public controller::Process, public controller::InformerListener {
 public:
  ExecOperator(const controller::OperatorOptions& options, const controller::Profile& profile,
               std::string command, controller::Ports& ports);
  void start() override;
  void on_reply(const controller::KubeReply& reply) override;
  void on_reply(const controller::KafkaReply& reply) override;
  void on_watch(const controller::WatchEvent& event) override;
  void on_wake() override { step(); }
  void on_change(api::Kind kind, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;

 private:
  bool leads();
  void begin();
  void step();
  bool advance();
  bool look();
  bool look_at_objects();
  bool look_at_kafka();
  void take(const controller::ReplyMeta& meta, const std::string& what);
  void ask();
  bool act();
  bool act_one(size_t index);
  void decide(const Action& action);

  const controller::OperatorOptions options_;
  const controller::Profile& profile_;
  const std::string command_;
  controller::Ports& ports_;
  controller::Calls calls_;
  std::optional<controller::Election> election_;
  std::vector<std::unique_ptr<controller::Informer>> informers_;
  std::unique_ptr<controller::PodSetController> pod_sets_;
  std::unique_ptr<Program> program_;
  sim::Time ready_at_ = sim::kNever;
  bool election_started_ = false, stepping_ = false, ended_ = false;
  bool stirred_ = false;  // something that is watched changed since the program was asked
  // Of this look.
  ClusterView seen_;
  std::vector<controller::CallId> cites_;
  std::optional<Orders> orders_;
  std::vector<ActionResult> results_;
  std::string said_;
};

}  // namespace twin::exec
