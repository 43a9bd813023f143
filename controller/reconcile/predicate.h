// Why a pod must be restarted: Strimzi's ReconcilerUtils.reasonsToRestartPod, those reasons that
// exist in the twin. Judged from the pod as it was just read.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "controller/reconcile/trust_roll.h"
#include "controller/roll/roller.h"

namespace twin::controller {

class PodPredicate final : public RestartPredicate {
 public:
  std::map<std::string, std::string> revision_of_pod;  // desired strimzi.io/revision by pod name
  std::set<std::string> resized_pods;
  Authorities authorities;
  AuthorityState::Changes cluster_ca, clients_ca;  // of which Strimzi restarts every pod it visits
  bool has_authorities = false;
  bool twin = false;
  bool always_differs = false;  // broken.h
  bool manual = false;          // look at strimzi.io/manual-rolling-update on the pod
  const char* revision_annotation = "strimzi.io/revision";

  std::vector<std::string> reasons(const api::Pod& pod, const RollNode& node) const override;

 private:
  void add_authority_reasons(const api::Pod& pod, std::vector<std::string>& found) const;
};

// Every pod, always: manual rolling updates, and the phases of the 0.11 upgrade.
class EveryPod final : public RestartPredicate {
 public:
  explicit EveryPod(std::string code) : code_(std::move(code)) {}
  std::vector<std::string> reasons(const api::Pod&, const RollNode&) const override {
    return {code_};
  }

 private:
  std::string code_;
};

}  // namespace twin::controller
