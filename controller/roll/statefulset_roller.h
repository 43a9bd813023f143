// StatefulSetOperator.maybeRollingUpdate of Strimzi 0.11: pods 0 to N-1. A pod that has a reason is
// deleted and waited for until another incarnation has its name, and then, like one that has none,
// until it is Ready by Kubernetes' readiness; only then comes the next. It knows nothing of ISRs,
// of the controller, or of who is not Ready. Each wait has the operation timeout of its own; one
// that runs out fails the roll, and the next reconcile begins again at pod 0. A pod that is missing
// is a NullPointerException (restartPod reads its uid). ZookeeperSetOperator: when no server has a
// reason nothing is waited for; else the leader is found once, by `stat`, and goes last.
#pragma once

#include <string>
#include <vector>

#include "controller/roll/roller.h"

namespace twin::controller {

class StatefulSetRoller final : public Roller {
 public:
  explicit StatefulSetRoller(RollRequest request) : request_(std::move(request)) {}
  Progress step(Calls& calls) override;
  std::vector<std::string> pending() const override;

 private:
  enum class Stage : uint8_t { read, remove, gone, ready };
  bool is_ensemble() const;
  // Who goes when. Waiting, done, or failed.
  Progress find_order(Calls& calls);
  Progress one_pod(Calls& calls, const RollNode& node);
  Progress read_pod(Calls& calls, const RollNode& node);
  Progress remove_pod(Calls& calls, const RollNode& node);
  // Polls until the old incarnation is gone, or the new one is Ready.
  Progress await(Calls& calls, const RollNode& node, Stage what);
  std::string key(const RollNode& node, const char* part) const;

  RollRequest request_;
  std::vector<size_t> order_;
  bool ordered_ = false;
  size_t at_ = 0;
  Stage stage_ = Stage::read;
  std::vector<std::string> reasons_;
  CallId read_;
  api::Uid deleted_;
};

}  // namespace twin::controller
