// kubectl drain: a machine takes no new pods and is asked to give up those that it has, by
// eviction, which a budget may refuse. What is refused is asked for again 5 s later, until no pod
// is left or somebody stops it, which uncordons the machine.
//
// Laws: kubectl drain (cordon; all pods at once; 429 is tried again after 5 s); Strimzi's Drain
// Cleaner, a webhook on evictions: of pods of Kafka it denies them and annotates the pod with
// strimzi.io/manual-rolling-update, so that the operator rolls it when it may.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/kube/context.h"

namespace twin::model::kube {

class Drains {
 public:
  explicit Drains(Context& context) : context_(context) {}

  // `cleaner`: the Drain Cleaner is installed. No-op, but for that, while the node is drained.
  void start(const std::string& node, bool cleaner);
  void stop(const std::string& node);
  void handle(const sim::Event& event);

 private:
  struct Drain {
    std::string node;
    bool cleaner = false;
    uint32_t generation = 0;
    bool goes_on = false;
  };
  Drain& of(const std::string& node);
  void ask(uint32_t index);
  void evict(const api::Pod& pod, bool cleaner);

  Context& context_;
  std::vector<Drain> drains_;
};

}  // namespace twin::model::kube
