#include "model/kube/nodes.h"

#include <algorithm>

#include "model/kube/kubelet.h"
#include "model/kube/scheduler.h"
#include "model/kube/volumes.h"
#include "sim/assert.h"
#include "sim/draw.h"
#include "sim/marks.h"

namespace twin::model::kube {

namespace {

using namespace sim::literals;

constexpr sim::Duration kRenewEvery = 10_s;   // leaseDurationSeconds 40, renewed at a quarter
constexpr sim::Duration kMonitorEvery = 5_s;  // node-monitor-period
constexpr const char* kUnreachable = "node.kubernetes.io/unreachable";
constexpr const char* kOutOfService = "node.kubernetes.io/out-of-service";

sim::Duration monitor_grace(int minor) { return minor >= 32 ? 50_s : 40_s; }

// The grid phase, phase + period, ...: its last point not after `at`.
sim::Time grid_floor(sim::Duration phase, sim::Duration period, sim::Time at) {
  const int64_t passed = (at.ns - phase.ns) % period.ns;
  return {at.ns - (passed < 0 ? passed + period.ns : passed)};
}

sim::Time grid_ceil(sim::Duration phase, sim::Duration period, sim::Time at) {
  const sim::Time floor = grid_floor(phase, period, at);
  return floor == at ? at : floor + period;
}

sim::Duration drawn_phase(const Kernel& kernel, std::string_view what, uint64_t entity,
                          sim::Duration period) {
  const uint64_t drawn = sim::draw(kernel.seed, sim::purpose(what), entity, 0);
  return {static_cast<int64_t>(sim::below(static_cast<uint64_t>(period.ns), drawn))};
}

bool has_taint(const api::Node& node, const char* key) {
  return std::any_of(node.taints.begin(), node.taints.end(),
                     [key](const api::Taint& taint) { return taint.key == key; });
}

}  // namespace

const Nodes::Machine* Nodes::find(const std::string& name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &machines_[found->second];
}

Nodes::Machine* Nodes::find(const std::string& name) {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &machines_[found->second];
}

void Nodes::step(uint32_t entity, Step next, sim::Duration delay, uint32_t generation) {
  context_.after(delay, Local::node, entity, generation, static_cast<uint32_t>(next));
}

void Nodes::add(const std::string& name, const std::string& zone, int64_t cpu_millis,
                api::Bytes memory) {
  TWIN_ASSERT_MSG(!index_.contains(name), name);
  const auto index = static_cast<uint32_t>(machines_.size());
  index_[name] = index;
  Machine& machine = machines_.emplace_back();
  machine.name = name;
  machine.zone = zone;
  machine.cpu_millis = cpu_millis;
  machine.memory = memory;
  machine.lease_phase = drawn_phase(context_.kernel, "kubelet_lease", index, kRenewEvery);
  zone_named(zone);
  context_.kernel.emit(trace::KubeNodeDefined{context_.name(name), context_.name(zone)});
  register_node(machine);
}

void Nodes::register_node(const Machine& machine) {
  auto node = std::make_shared<api::Node>();
  node->api_version = "v1";
  node->metadata.name = machine.name;
  node->metadata.labels = {{"kubernetes.io/hostname", machine.name}};
  if (!machine.zone.empty()) node->metadata.labels["topology.kubernetes.io/zone"] = machine.zone;
  node->cpu_millis = machine.cpu_millis;
  node->memory = machine.memory;
  set_condition(node->conditions, "Ready", true, context_.kernel.now(), "KubeletReady");
  context_.server.put(node, controller::Verb::create);
}

bool Nodes::has_power(const std::string& name) const {
  const Machine* machine = find(name);
  return machine != nullptr && machine->power;
}

bool Nodes::is_dark(const std::string& name) const {
  const Machine* machine = find(name);
  return machine != nullptr && !machine->power;
}

bool Nodes::is_ready(const std::string& name) const {
  const Machine* machine = find(name);
  return machine != nullptr && machine->registered && machine->ready;
}

bool Nodes::is_cut_off(const std::string& name) const {
  const Machine* machine = find(name);
  return machine != nullptr && machine->power && !machine->reaches_server;
}

bool Nodes::is_out_of_service(const std::string& name) const {
  const Machine* machine = find(name);
  return machine != nullptr && machine->out_of_service;
}

bool Nodes::exists(const std::string& name) const {
  const Machine* machine = find(name);
  return machine != nullptr && machine->registered;
}

std::string Nodes::zone_of(const std::string& name) const {
  const Machine* machine = find(name);
  return machine == nullptr ? std::string() : machine->zone;
}

std::vector<std::string> Nodes::names() const {
  std::vector<std::string> all;
  for (const auto& [name, index] : index_) {
    if (machines_[index].registered) all.push_back(name);
  }
  return all;
}

std::vector<std::string> Nodes::names_in(const std::string& zone) const {
  std::vector<std::string> all;
  for (const std::string& name : names()) {
    if (zone_of(name) == zone) all.push_back(name);
  }
  return all;
}

void Nodes::fail(const std::string& name) {
  Machine* machine = find(name);
  if (machine == nullptr || !machine->power) return;
  const bool was = machine->in_contact();
  machine->power = false;
  context_.kubelets->node_lost(name);
  if (was) contact_lost(index_.at(name));
}

void Nodes::recover(const std::string& name) {
  Machine* machine = find(name);
  if (machine == nullptr || machine->power) return;
  machine->power = true;
  if (!machine->registered) {
    machine->registered = machine->ready = true;
    machine->tainted = machine->out_of_service = false;
    ++machine->taint_generation;  // PodGC finds the node again and lets its pods be
    register_node(*machine);
    context_.kernel.emit(trace::KubeNodeBecameReady{context_.name(name)});
    look_at_zones();
  }
  context_.kubelets->node_back(name);
  // A kubelet that starts tells its status at once.
  if (machine->in_contact()) contact_regained(index_.at(name), {});
}

// The last renewal was seen at a look of the monitor; the grace period runs from there.
void Nodes::contact_lost(uint32_t index) {
  Machine& machine = machines_[index];
  const sim::Time now = context_.kernel.now();
  const sim::Duration phase = drawn_phase(context_.kernel, "node_monitor", 0, kMonitorEvery);
  const sim::Time renewed = grid_floor(machine.lease_phase, kRenewEvery, now);
  const sim::Time seen = grid_ceil(phase, kMonitorEvery, renewed);
  const sim::Time due = seen + monitor_grace(context_.kubernetes_minor);
  step(index, Step::monitor, due - now, ++machine.contact_generation);
}

void Nodes::contact_regained(uint32_t index, sim::Duration until_status) {
  Machine& machine = machines_[index];
  ++machine.contact_generation;
  if (!machine.ready) step(index, Step::posts_ready, until_status, machine.contact_generation);
  context_.volumes->take_from(machine.name);
}

void Nodes::reachability_changed(const Network& network) {
  for (uint32_t index = 0; index < machines_.size(); ++index) {
    Machine& machine = machines_[index];
    const bool reaches = network.reachable({machine.name, "zone:" + machine.zone}, {"api-server"});
    if (reaches == machine.reaches_server) continue;
    const bool was = machine.in_contact();
    machine.reaches_server = reaches;
    if (!machine.power) continue;
    context_.kubelets->cut_off(machine.name, !reaches);
    if (was) {
      contact_lost(index);
    } else if (machine.in_contact()) {
      // A kubelet that ran all the time compares its status each 10 s.
      const sim::Time now = context_.kernel.now();
      contact_regained(index, grid_ceil(machine.lease_phase, kRenewEvery, now) - now);
    }
  }
}

void Nodes::on_node(const api::ObjectPtr& before, const api::ObjectPtr& after) {
  Machine* machine = find((after ? after : before)->metadata.name);
  if (machine == nullptr) return;
  const uint32_t index = index_.at(machine->name);
  if (!after) {
    machine->registered = machine->ready = false;
    ++machine->contact_generation;
    step(index, Step::collect, until_collection() + 40_s, ++machine->taint_generation);
    look_at_zones();
    return;
  }
  const bool marked = has_taint(api::as<api::Node>(*after), kOutOfService);
  if (marked == machine->out_of_service) return;
  machine->out_of_service = marked;
  if (!marked) return;
  TWIN_MARK("kube_node_out_of_service");
  evict_pods(*machine);  // nobody tolerates it
  context_.volumes->take_from(machine->name);
  step(index, Step::collect, until_collection(), machine->taint_generation);
}

void Nodes::taint_out_of_service(const std::string& name) {
  const api::ObjectPtr stored = context_.store.find(api::Kind::node, "", name);
  if (!stored) return;
  auto node = std::make_shared<api::Node>(api::as<api::Node>(*stored));
  node->taints.push_back({kOutOfService, "nodeshutdown", "NoExecute"});
  context_.server.put(node, controller::Verb::update);
}

void Nodes::cordon(const std::string& name, bool unschedulable) {
  const api::ObjectPtr stored = context_.store.find(api::Kind::node, "", name);
  if (!stored) return;
  auto node = std::make_shared<api::Node>(api::as<api::Node>(*stored));
  node->unschedulable = unschedulable;
  context_.server.put(node, controller::Verb::update);
}

void Nodes::set_ready(uint32_t index, bool ready) {
  Machine& machine = machines_[index];
  if (machine.ready == ready) return;
  machine.ready = ready;
  const int64_t name = context_.name(machine.name);
  const RecordId record = ready ? context_.kernel.emit(trace::KubeNodeBecameReady{name})
                                : context_.kernel.emit(trace::KubeNodeBecameNotReady{name});
  Kernel::ScopedCause cause(context_.kernel, record);
  if (ready) {
    machine.tainted = false;
    ++machine.taint_generation;
  } else {
    zone_named(machine.zone).waiting.push_back(index);
  }
  write(machine);
  if (!ready) context_.kubelets->node_not_ready(machine.name);
  if (ready) context_.scheduler->wake();
  look_at_zones();
}

void Nodes::write(const Machine& machine) {
  const api::ObjectPtr stored = context_.store.find(api::Kind::node, "", machine.name);
  if (!stored) return;
  auto node = std::make_shared<api::Node>(api::as<api::Node>(*stored));
  set_condition(node->conditions, "Ready", machine.ready, context_.kernel.now(),
                machine.ready ? "KubeletReady" : "NodeStatusUnknown");
  std::erase_if(node->taints, [](const api::Taint& t) { return t.key == kUnreachable; });
  if (machine.tainted) node->taints.push_back({kUnreachable, "", "NoExecute"});
  context_.server.put(node, controller::Verb::update_status);
}

void Nodes::handle(const sim::Event& event) {
  const auto next = static_cast<Step>(event.argument);
  if (next == Step::taint) return taint_next(event.entity);
  Machine& machine = machines_[event.entity];
  const bool about_contact = next == Step::monitor || next == Step::posts_ready;
  const uint32_t generation = about_contact ? machine.contact_generation : machine.taint_generation;
  if (event.generation != generation) return;
  switch (next) {
    case Step::monitor:
      return set_ready(event.entity, false);
    case Step::posts_ready:
      return set_ready(event.entity, true);
    case Step::evict:
      return evict_pods(machine);
    case Step::collect:
      // A machine that came back takes its pods away itself.
      if (!machine.registered || !machine.ready) collect_pods(machine);
      return;
    case Step::taint:
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

// To PodGC's next look.
sim::Duration Nodes::until_collection() const {
  constexpr sim::Duration kCollectEvery = 20_s;
  const sim::Time now = context_.kernel.now();
  return grid_ceil(drawn_phase(context_.kernel, "pod_gc", 0, kCollectEvery), kCollectEvery, now) -
         now;
}

}  // namespace twin::model::kube
