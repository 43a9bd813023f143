// StatefulSetOperator.maybeRollingUpdate of Strimzi 0.11: pods 0 to N-1, each that has a reason is
// deleted, waited for until another incarnation has its name and is Ready by Kubernetes' readiness,
// then the next one. It knows nothing of ISRs, of the controller, or of pods that are not Ready.
// The ensemble's leader is found once and goes last. A pod that is not Ready in time fails the
// roll, and the next reconcile begins again at pod 0.
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
  // Who goes when; false while waiting.
  bool find_order(Calls& calls);
  Progress roll_one(Calls& calls, const RollNode& node);
  Progress await(Calls& calls, const RollNode& node);

  RollRequest request_;
  std::vector<size_t> order_;
  bool ordered_ = false;
  size_t at_ = 0;
  bool deleting_ = false;
  api::Uid deleted_;
};

}  // namespace twin::controller
