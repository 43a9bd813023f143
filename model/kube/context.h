// What the parts of the control plane share: the world around them, the store and its server. Parts
// react to changes of objects and to their own events; they talk to each other through the few
// functions of Parts, so that who triggers whom is in one place.
#pragma once

#include <string>

#include "model/container.h"
#include "model/events.h"
#include "model/hardware.h"
#include "model/kernel.h"
#include "model/kube/api_server.h"
#include "model/kube/store.h"

namespace twin::model::kube {

enum class Local : uint8_t { watch = 1, schedule, kubelet, volume, node, stateful_set, drain };

class Kubelets;
class Nodes;
class Scheduler;
class StatefulSets;
class Volumes;

struct Context {
  Kernel& kernel;
  const Hardware& hardware;
  Store& store;
  ApiServer& server;
  ContainerRuntime* runtime = nullptr;  // set by attach
  int kubernetes_minor = 37;

  // The other parts; set once all are made.
  Kubelets* kubelets = nullptr;
  Nodes* nodes = nullptr;
  Scheduler* scheduler = nullptr;
  StatefulSets* stateful_sets = nullptr;
  Volumes* volumes = nullptr;

  void after(sim::Duration delay, Local local, uint32_t entity, uint32_t generation = 0,
             uint32_t argument = 0) const {
    kernel.after(delay, event_type(Part::kube, local), entity, generation, argument);
  }
  int64_t name(const std::string& text) const { return kernel.string(text); }
};

// A pod's condition set to a status; the time moves only when the status does. False when nothing
// changed.
bool set_condition(std::vector<api::Condition>& conditions, const std::string& type, bool holds,
                   sim::Time now, const std::string& reason = {}, const std::string& message = {});

}  // namespace twin::model::kube
