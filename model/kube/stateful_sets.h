// The StatefulSet controller: pods NAME-0 to NAME-(N-1) with claims of their own, made in order or
// all at once, made again when they are gone. Strimzi before 0.35 used it with OnDelete: a changed
// template reaches a pod when somebody deletes the pod.
// Law: pkg/controller/statefulset (OrderedReady waits for the predecessor to be Ready; Parallel
// does not; RollingUpdate goes from the last pod to the first).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/kube/context.h"

namespace twin::model::kube {

class StatefulSets {
 public:
  explicit StatefulSets(Context& context) : context_(context) {}

  void on_set(const api::ObjectPtr& set) { wake(*set); }
  // A pod changed: its set looks again.
  void on_pod(const api::Object& pod);
  void handle(const sim::Event& event);
  // What was denied before is tried again.
  void look_at_all();
  // kubectl rollout undo: the template before the present one is put back, labels, annotations and
  // spec; nothing else of the set changes. False when none is remembered.
  bool undo(const std::string& namespace_name, const std::string& name);

 private:
  // A ControllerRevision: the template alone.
  struct Template {
    std::string revision;
    api::Labels labels, annotations;
    api::PodSpec spec;
  };
  struct Known {
    std::string namespace_name, name;
    bool awake = false;
    std::vector<Template> history;  // the newest last
  };
  void remember(const api::StatefulSet& set);
  void wake(const api::Object& set);
  void reconcile(const api::StatefulSet& set);
  void create(const api::StatefulSet& set, int32_t ordinal);
  void ensure_claims(const api::StatefulSet& set, int32_t ordinal);
  // Deletes one pod of an old revision, the last first, when all are Ready.
  void roll(const api::StatefulSet& set);
  void write_status(const api::StatefulSet& set);

  Context& context_;
  std::vector<Known> known_;
  std::map<Store::Key, uint32_t> index_;
};

}  // namespace twin::model::kube
