// What an API server does with one request: optimistic locking by resourceVersion, preconditions by
// uid, generation counted by changes of the spec, status as a subresource, graceful deletion,
// finalizers, garbage collection by owner, eviction against budgets, server-side apply. It decides
// and stores; pods are run elsewhere.
//
// Laws: kubernetes.io API concepts (resource versions, deletion, server-side apply), policy/v1
// eviction; registry/core/pod/strategy.go for the grace period of pods.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "controller/ports.h"
#include "model/kernel.h"
#include "model/kube/store.h"

namespace twin::model::kube {

class ApiServer {
 public:
  ApiServer(Kernel& kernel, Store& store) : kernel_(kernel), store_(store) {}

  controller::KubeReply execute(const controller::KubeRequest& request);

  // kubectl apply by a user: creates, or replaces what the user's manifest says and keeps status.
  controller::KubeReply user_apply(const api::Object& object);
  // The parts of the control plane write without a version: they act on what is stored now.
  api::ObjectPtr put(std::shared_ptr<api::Object> object, controller::Verb verb);
  // Takes the object away at once: grace 0 and no finalizers.
  void erase(const api::Object& object);
  // A webhook denies this verb (create, update, remove) on objects of that kind. What users apply,
  // status, evictions, and what the control plane writes of itself pass.
  void refuse(api::Kind kind, controller::Verb verb, bool refused);
  bool refuses(api::Kind kind, controller::Verb verb) const;
  // A claim that no pod uses any more may go (kubernetes.io/pvc-protection).
  void release_claims();

 private:
  using Request = controller::KubeRequest;
  using Reply = controller::KubeReply;
  Reply get(const Request& request) const;
  Reply list(const Request& request) const;
  Reply create(const Request& request);
  Reply update(const Request& request, bool status_only);
  Reply apply(const Request& request);
  Reply remove(const Request& request);
  Reply evict(const Request& request);
  Reply mark_for_deletion(const api::Object& object, std::optional<sim::Duration> grace);
  bool claim_in_use(const api::Object& claim) const;
  void collect_garbage(const api::Object& owner);
  void written(const api::Object& object, controller::Verb verb);

  Kernel& kernel_;
  Store& store_;
  std::set<std::pair<api::Kind, controller::Verb>> refused_;
};

}  // namespace twin::model::kube
