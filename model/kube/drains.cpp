#include "model/kube/drains.h"

#include "model/kube/nodes.h"
#include "sim/marks.h"

namespace twin::model::kube {

namespace {

constexpr sim::Duration kAskAgain{5'000'000'000};  // kubectl drain's evictPods
constexpr const char* kRoll = "strimzi.io/manual-rolling-update";

// Those that the Drain Cleaner looks after.
bool is_kafka(const api::Pod& pod) {
  const auto kind = pod.metadata.labels.find("strimzi.io/kind");
  const auto name = pod.metadata.labels.find("strimzi.io/name");
  return kind != pod.metadata.labels.end() && kind->second == "Kafka" &&
         name != pod.metadata.labels.end() && name->second.ends_with("-kafka");
}

}  // namespace

Drains::Drain& Drains::of(const std::string& node) {
  for (Drain& drain : drains_) {
    if (drain.node == node) return drain;
  }
  drains_.push_back({node, false, 0, false});
  return drains_.back();
}

void Drains::start(const std::string& node, bool cleaner) {
  Drain& drain = of(node);
  drain.cleaner = cleaner;
  if (drain.goes_on) return;
  drain.goes_on = true;
  ++drain.generation;
  context_.nodes->cordon(node, true);
  ask(static_cast<uint32_t>(&drain - drains_.data()));
}

void Drains::stop(const std::string& node) {
  Drain& drain = of(node);
  if (!drain.goes_on) return;
  drain.goes_on = false;
  ++drain.generation;
  context_.nodes->cordon(node, false);
}

void Drains::handle(const sim::Event& event) {
  if (drains_[event.entity].generation == event.generation) ask(event.entity);
}

void Drains::ask(uint32_t index) {
  const Drain drain = drains_[index];
  std::vector<api::ObjectPtr> pods;
  for (const auto& [key, object] : context_.store.all(api::Kind::pod)) {
    if (api::as<api::Pod>(*object).spec.node_name == drain.node) pods.push_back(object);
  }
  for (const api::ObjectPtr& object : pods) {
    const auto& pod = api::as<api::Pod>(*object);
    if (!api::is_terminating(pod)) evict(pod, drain.cleaner);
  }
  // kubectl is done when the pods are gone; one that waits to be taken away is looked at again.
  if (!pods.empty()) context_.after(kAskAgain, Local::drain, index, drain.generation);
}

void Drains::evict(const api::Pod& pod, bool cleaner) {
  if (cleaner && is_kafka(pod)) {
    TWIN_MARK("kube_drain_cleaner_denied");
    context_.kernel.emit(trace::EvictionRefused{context_.name(pod.metadata.name),
                                                static_cast<int64_t>(pod.metadata.uid.value)});
    const auto asked = pod.metadata.annotations.find(kRoll);
    if (asked != pod.metadata.annotations.end() && asked->second == "true") return;
    auto annotated = std::make_shared<api::Pod>(pod);
    annotated->metadata.annotations[kRoll] = "true";
    context_.server.put(annotated, controller::Verb::update);
    return;
  }
  controller::KubeRequest request;
  request.verb = controller::Verb::evict;
  request.kind = api::Kind::pod;
  request.namespace_name = pod.metadata.namespace_name;
  request.name = pod.metadata.name;
  request.uid = pod.metadata.uid;
  context_.server.execute(request);
}

}  // namespace twin::model::kube
