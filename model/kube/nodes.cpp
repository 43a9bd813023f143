#include "model/kube/nodes.h"

#include <algorithm>

#include "model/kube/kubelet.h"
#include "model/kube/scheduler.h"
#include "model/kube/volumes.h"
#include "sim/assert.h"

namespace twin::model::kube {

namespace {

using namespace sim::literals;

constexpr sim::Duration kToleration = 300_s;     // of not-ready and unreachable, by default
constexpr sim::Duration kTaintInterval = 10_s;   // node-eviction-rate 0.1 per second
constexpr sim::Duration kPodGc = 40_s;           // podgc nodeQuarantineTime
constexpr const char* kUnreachable = "node.kubernetes.io/unreachable";
constexpr const char* kOutOfService = "node.kubernetes.io/out-of-service";

sim::Duration monitor_grace(int minor) { return minor >= 32 ? 50_s : 40_s; }

}  // namespace

void Nodes::add(const std::string& name, const std::string& zone, int64_t cpu_millis,
                api::Bytes memory) {
  TWIN_ASSERT_MSG(!index_.contains(name), name);
  index_[name] = static_cast<uint32_t>(machines_.size());
  machines_.emplace_back();
  machines_.back().name = name;
  machines_.back().zone = zone;
  context_.kernel.emit(trace::KubeNodeDefined{context_.name(name), context_.name(zone)});
  auto node = std::make_shared<api::Node>();
  node->api_version = "v1";
  node->metadata.name = name;
  node->metadata.labels = {{"kubernetes.io/hostname", name}};
  if (!zone.empty()) node->metadata.labels["topology.kubernetes.io/zone"] = zone;
  node->cpu_millis = cpu_millis;
  node->memory = memory;
  set_condition(node->conditions, "Ready", true, context_.kernel.now(), "KubeletReady");
  context_.server.put(node, controller::Verb::create);
}

bool Nodes::has_power(const std::string& name) const {
  const auto found = index_.find(name);
  return found != index_.end() && machines_[found->second].power;
}

bool Nodes::is_ready(const std::string& name) const {
  const auto found = index_.find(name);
  return found != index_.end() && machines_[found->second].ready;
}

std::string Nodes::zone_of(const std::string& name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? std::string() : machines_[found->second].zone;
}

std::vector<std::string> Nodes::names() const {
  std::vector<std::string> all;
  for (const auto& [name, index] : index_) all.push_back(name);
  return all;
}

std::vector<std::string> Nodes::names_in(const std::string& zone) const {
  std::vector<std::string> all;
  for (const auto& [name, index] : index_) {
    if (machines_[index].zone == zone) all.push_back(name);
  }
  return all;
}

void Nodes::fail(const std::string& name) {
  const auto found = index_.find(name);
  if (found == index_.end() || !machines_[found->second].power) return;
  Machine& machine = machines_[found->second];
  machine.power = false;
  context_.kubelets->node_lost(name);
  context_.after(monitor_grace(context_.kubernetes_minor), Local::node, found->second,
                 ++machine.generation, static_cast<uint32_t>(Step::monitor));
}

void Nodes::recover(const std::string& name) {
  const auto found = index_.find(name);
  if (found == index_.end() || machines_[found->second].power) return;
  Machine& machine = machines_[found->second];
  machine.power = true;
  machine.tainted = false;
  ++machine.generation;
  set_ready(machine, true);
  write(machine);
  context_.kubelets->node_back(name);
  context_.scheduler->wake();
}

void Nodes::remove(const std::string& name) {
  const auto found = index_.find(name);
  if (found == index_.end()) return;
  Machine& machine = machines_[found->second];
  machine.removed = true;
  machine.ready = false;
  if (machine.power) context_.kubelets->node_lost(name);
  machine.power = false;
  if (const api::ObjectPtr node = context_.store.find(api::Kind::node, "", name)) {
    context_.server.erase(*node);
  }
  context_.after(kPodGc, Local::node, found->second, ++machine.generation,
                 static_cast<uint32_t>(Step::collect));
  index_.erase(found);
}

void Nodes::taint_out_of_service(const std::string& name) {
  const auto found = index_.find(name);
  if (found == index_.end()) return;
  const api::ObjectPtr stored = context_.store.find(api::Kind::node, "", name);
  if (!stored) return;
  auto node = std::make_shared<api::Node>(api::as<api::Node>(*stored));
  node->taints.push_back({kOutOfService, "nodeshutdown", "NoExecute"});
  context_.server.put(node, controller::Verb::update);
  collect_pods(machines_[found->second]);
  context_.volumes->take_from(name);
}

void Nodes::cordon(const std::string& name, bool unschedulable) {
  const api::ObjectPtr stored = context_.store.find(api::Kind::node, "", name);
  if (!stored) return;
  auto node = std::make_shared<api::Node>(api::as<api::Node>(*stored));
  node->unschedulable = unschedulable;
  context_.server.put(node, controller::Verb::update);
  if (!unschedulable) context_.scheduler->wake();
}

void Nodes::set_ready(Machine& machine, bool ready) {
  if (machine.ready == ready) return;
  machine.ready = ready;
  const int64_t name = context_.name(machine.name);
  if (ready) {
    context_.kernel.emit(trace::KubeNodeBecameReady{name});
    return;
  }
  const RecordId record = context_.kernel.emit(trace::KubeNodeBecameNotReady{name});
  Kernel::ScopedCause cause(context_.kernel, record);
  write(machine);
  context_.kubelets->node_not_ready(machine.name);
}

void Nodes::write(const Machine& machine) {
  const api::ObjectPtr stored = context_.store.find(api::Kind::node, "", machine.name);
  if (!stored) return;
  auto node = std::make_shared<api::Node>(api::as<api::Node>(*stored));
  set_condition(node->conditions, "Ready", machine.ready, context_.kernel.now(),
                machine.ready ? "KubeletReady" : "NodeStatusUnknown");
  std::erase_if(node->taints, [](const api::Taint& t) { return t.key == kUnreachable; });
  if (machine.tainted) node->taints.push_back({kUnreachable, "", "NoExecute"});
  if (machine.ready) {
    std::erase_if(node->taints, [](const api::Taint& t) { return t.key == kOutOfService; });
  }
  context_.server.put(node, controller::Verb::update_status);
}

// A zone in which most machines are gone, but not all, is rather a network problem: nothing is
// evicted there. When every zone is gone it is the control plane that lost sight.
bool Nodes::eviction_stopped(const std::string& zone) const {
  int64_t all = 0, lost = 0, all_zones = 0, lost_zones = 0;
  for (const auto& [name, index] : index_) {
    const Machine& machine = machines_[index];
    ++all_zones;
    lost_zones += machine.ready ? 0 : 1;
    if (machine.zone != zone) continue;
    ++all;
    lost += machine.ready ? 0 : 1;
  }
  if (lost_zones == all_zones) return true;
  if (lost == all) return false;
  return lost > 2 && lost * 100 >= all * 55 && all <= 50;
}

void Nodes::taint_zone(const std::string& zone) {
  const sim::Time now = context_.kernel.now();
  sim::Time next = now;
  const auto last = last_taint_.find(zone);
  if (last != last_taint_.end()) next = std::max(now, last->second + kTaintInterval);
  for (const auto& [name, index] : index_) {
    Machine& machine = machines_[index];
    if (machine.zone != zone || machine.ready || machine.tainted) continue;
    last_taint_[zone] = next;
    context_.after(next - now, Local::node, index, machine.generation,
                   static_cast<uint32_t>(Step::taint));
    return;
  }
}

void Nodes::handle(const sim::Event& event) {
  Machine& machine = machines_[event.entity];
  if (event.generation != machine.generation) return;
  switch (static_cast<Step>(event.argument)) {
    case Step::monitor:
      set_ready(machine, false);
      taint_zone(machine.zone);
      return;
    case Step::taint:
      if (machine.tainted) return;
      if (eviction_stopped(machine.zone)) {  // looked at again in a while
        context_.after(kTaintInterval, Local::node, event.entity, machine.generation,
                       static_cast<uint32_t>(Step::taint));
        return;
      }
      machine.tainted = true;
      write(machine);
      context_.after(kToleration, Local::node, event.entity, machine.generation,
                     static_cast<uint32_t>(Step::evict));
      taint_zone(machine.zone);
      return;
    case Step::evict:
      evict_pods(machine);
      return;
    case Step::collect:
      collect_pods(machine);
      return;
  }
}

std::vector<api::ObjectPtr> Nodes::pods_on(const std::string& node) const {
  std::vector<api::ObjectPtr> pods;
  for (const auto& [key, object] : context_.store.all(api::Kind::pod)) {
    if (api::as<api::Pod>(*object).spec.node_name == node) pods.push_back(object);
  }
  return pods;
}

void Nodes::evict_pods(const Machine& machine) {
  for (const api::ObjectPtr& pod : pods_on(machine.name)) {
    controller::KubeRequest request;
    request.verb = controller::Verb::remove;
    request.kind = api::Kind::pod;
    request.namespace_name = pod->metadata.namespace_name;
    request.name = pod->metadata.name;
    request.uid = pod->metadata.uid;
    context_.server.execute(request);
  }
}

// Nobody will confirm: the objects are taken away.
void Nodes::collect_pods(const Machine& machine) {
  for (const api::ObjectPtr& pod : pods_on(machine.name)) context_.server.erase(*pod);
}

}  // namespace twin::model::kube
