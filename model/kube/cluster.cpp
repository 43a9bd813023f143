#include "model/kube/cluster.h"

#include <charconv>

#include "model/kube/context.h"
#include "model/kube/drains.h"
#include "model/kube/kubelet.h"
#include "model/kube/nodes.h"
#include "model/kube/scheduler.h"
#include "model/kube/stateful_sets.h"
#include "model/kube/volumes.h"
#include "sim/assert.h"

namespace twin::model {

using controller::KubeReply;
using controller::KubeRequest;
using kube::Local;

namespace {

int minor_of(const std::string& version) {
  int minor = 37;
  const size_t dot = version.find('.');
  if (dot != version.npos) {
    std::from_chars(version.data() + dot + 1, version.data() + version.size(), minor);
  }
  return minor;
}

// The number at the end of a pod's name: broker id or ordinal; -1 for any other pod.
int64_t trailing_number(const api::Pod& pod) {
  if (!pod.metadata.labels.contains("strimzi.io/cluster")) return -1;
  const std::string& name = pod.metadata.name;
  if (name.find("-zookeeper-") != name.npos) return -1;
  const size_t dash = name.rfind('-');
  int64_t number = -1;
  if (dash == name.npos) return number;
  const char* end = name.data() + name.size();
  const auto parsed = std::from_chars(name.data() + dash + 1, end, number);
  return parsed.ptr == end ? number : -1;
}

}  // namespace

struct KubeCluster::Parts : kube::ChangeListener {
  Parts(Kernel& kernel, const Hardware& hardware, const KubeOptions& options)
      : store(*this),
        server(kernel, store),
        context{kernel, hardware, store, server},
        watches(kernel, hardware, event_type(Part::kube, Local::watch)),
        nodes(context),
        volumes(context),
        scheduler(context),
        kubelets(context),
        stateful_sets(context),
        drains(context) {
    context.kubernetes_minor = minor_of(options.version);
    context.nodes = &nodes;
    context.volumes = &volumes;
    context.scheduler = &scheduler;
    context.kubelets = &kubelets;
    context.stateful_sets = &stateful_sets;
  }

  void on_change(const kube::Change& change) override {
    watches.on_change(change);
    const bool deleted = change.type == controller::WatchEventType::deleted;
    const api::ObjectPtr after = deleted ? nullptr : change.after;
    switch (change.after->kind) {
      case api::Kind::pod:
        on_pod(change, after);
        return;
      case api::Kind::persistent_volume_claim:
        volumes.on_claim(change.before, after);
        scheduler.wake();
        return;
      case api::Kind::stateful_set:
        if (after) stateful_sets.on_set(after);
        return;
      case api::Kind::node:
        nodes.on_node(change.before, after);
        scheduler.wake();
        return;
      default:
        return;
    }
  }

  void on_pod(const kube::Change& change, const api::ObjectPtr& after) {
    Kernel& kernel = context.kernel;
    const int64_t name = kernel.string(change.after->metadata.name);
    const auto uid = static_cast<int64_t>(change.after->metadata.uid.value);
    if (change.type == controller::WatchEventType::added) {
      kernel.emit(trace::PodCreated{name, uid, trailing_number(api::as<api::Pod>(*after))});
      scheduler.wake();
    }
    RecordId cause_id = kernel.cause();
    if (!after) cause_id = kernel.emit(trace::PodRemoved{name, uid});
    const Kernel::ScopedCause cause(kernel, cause_id);
    kubelets.on_pod(change.before, after);
    if (!after) server.release_claims();
    stateful_sets.on_pod(*change.after);
  }

  const api::Pod* pod_named(const std::string& name) const {
    for (const auto& [key, object] : store.all(api::Kind::pod)) {
      if (key.second == name) return &api::as<api::Pod>(*object);
    }
    return nullptr;
  }

  kube::Store store;
  kube::ApiServer server;
  kube::Context context;
  kube::Watches watches;
  kube::Nodes nodes;
  kube::Volumes volumes;
  kube::Scheduler scheduler;
  kube::Kubelets kubelets;
  kube::StatefulSets stateful_sets;
  kube::Drains drains;
};

KubeCluster::KubeCluster(Kernel& kernel, const Hardware& hardware, const KubeOptions& options)
    : parts_(std::make_unique<Parts>(kernel, hardware, options)) {}
KubeCluster::~KubeCluster() = default;

void KubeCluster::attach(ContainerRuntime& runtime) { parts_->context.runtime = &runtime; }

void KubeCluster::handle(const sim::Event& event) {
  switch (local_type<Local>(event.type)) {
    case Local::watch:
      return parts_->watches.handle(event);
    case Local::schedule:
      return parts_->scheduler.handle(event);
    case Local::kubelet:
      return parts_->kubelets.handle(event);
    case Local::volume:
      return parts_->volumes.handle(event);
    case Local::node:
      return parts_->nodes.handle(event);
    case Local::stateful_set:
      return parts_->stateful_sets.handle(event);
    case Local::drain:
      return parts_->drains.handle(event);
  }
}

KubeReply KubeCluster::execute(const KubeRequest& request) {
  return parts_->server.execute(request);
}

KubeReply KubeCluster::watch(uint64_t id, const KubeRequest& request, WatchSink& sink) {
  KubeReply reply;
  const auto backlog = parts_->store.changes_since(request.since);
  if (!backlog) {
    reply.meta.outcome = controller::Outcome::gone;
    reply.meta.message = "too old resource version: " + std::to_string(request.since.value);
    return reply;
  }
  reply.meta.outcome = controller::Outcome::ok;
  reply.resource_version = parts_->store.version();
  parts_->watches.open(id, request, sink, *backlog);
  return reply;
}

void KubeCluster::stop_watch(uint64_t id) { parts_->watches.close(id); }

KubeReply KubeCluster::user_apply(const api::Object& object) {
  return parts_->server.user_apply(object);
}

bool KubeCluster::user_rollout_undo(const std::string& namespace_name, const std::string& name) {
  return parts_->stateful_sets.undo(namespace_name, name);
}

void KubeCluster::user_remove(api::Kind kind, const std::string& namespace_name,
                              const std::string& name) {
  KubeRequest request;
  request.verb = controller::Verb::remove;
  request.kind = kind;
  request.namespace_name = namespace_name;
  request.name = name;
  parts_->server.execute(request);
}

void KubeCluster::add_node(const std::string& name, const std::string& zone, int64_t cpu_millis,
                           api::Bytes memory) {
  parts_->nodes.add(name, zone, cpu_millis, memory);
}

api::ObjectPtr KubeCluster::find(api::Kind kind, const std::string& namespace_name,
                                 const std::string& name) const {
  return parts_->store.find(kind, namespace_name, name);
}

std::vector<api::ObjectPtr> KubeCluster::objects(api::Kind kind) const {
  std::vector<api::ObjectPtr> all;
  for (const auto& [key, object] : parts_->store.all(kind)) all.push_back(object);
  return all;
}

std::vector<std::string> KubeCluster::nodes() const { return parts_->nodes.names(); }
std::vector<std::string> KubeCluster::nodes_in(const std::string& zone) const {
  return parts_->nodes.names_in(zone);
}
bool KubeCluster::node_exists(const std::string& node) const { return parts_->nodes.exists(node); }
bool KubeCluster::node_is_dark(const std::string& node) const {
  return parts_->nodes.is_dark(node);
}
std::string KubeCluster::zone_of(const std::string& node) const {
  return parts_->nodes.zone_of(node);
}

std::string KubeCluster::node_of_pod(const std::string& pod) const {
  const api::Pod* found = parts_->pod_named(pod);
  return found == nullptr ? std::string() : found->spec.node_name;
}

api::Uid KubeCluster::uid_of_pod(const std::string& pod) const {
  const api::Pod* found = parts_->pod_named(pod);
  return found == nullptr ? api::Uid{} : found->metadata.uid;
}

std::string KubeCluster::volume_of(const std::string& claim_or_volume) const {
  return parts_->volumes.resolve(claim_or_volume);
}

std::vector<MountedVolume> KubeCluster::volumes_of_pod(const std::string& pod) const {
  const api::Pod* found = parts_->pod_named(pod);
  return found == nullptr ? std::vector<MountedVolume>() : parts_->volumes.mounts_of(*found);
}

void KubeCluster::fail_node(const std::string& node) { parts_->nodes.fail(node); }
void KubeCluster::lose_node(const std::string& node) {
  parts_->nodes.fail(node);
  parts_->kubelets.forget_images(node);
}
void KubeCluster::recover_node(const std::string& node) { parts_->nodes.recover(node); }
void KubeCluster::reachability_changed(const Network& network) {
  parts_->nodes.reachability_changed(network);
}
void KubeCluster::taint_out_of_service(const std::string& node) {
  parts_->nodes.taint_out_of_service(node);
}
void KubeCluster::cordon(const std::string& node, bool unschedulable) {
  parts_->nodes.cordon(node, unschedulable);
}

void KubeCluster::drain(const std::string& node, bool cleaner) {
  parts_->drains.start(node, cleaner);
}

void KubeCluster::end_drain(const std::string& node) { parts_->drains.stop(node); }

void KubeCluster::refuse(api::Kind kind, controller::Verb verb, bool refused) {
  parts_->server.refuse(kind, verb, refused);
  if (!refused) parts_->stateful_sets.look_at_all();
}

void KubeCluster::kill_container(const std::string& pod, KillKind kind) {
  parts_->kubelets.kill_container(uid_of_pod(pod), kind);
}

void KubeCluster::block_detach(const std::string& volume, bool blocked) {
  parts_->volumes.block_detach(volume, blocked);
}

void KubeCluster::block_attach(const std::string& volume, bool blocked) {
  parts_->volumes.block_attach(volume, blocked);
}

void KubeCluster::set_start_delay(const std::string& pod_part, sim::Duration delay) {
  parts_->kubelets.set_start_delay(pod_part, delay);
}

void KubeCluster::fail_starts(const std::string& pod, int exit_code) {
  parts_->kubelets.fail_starts(pod, exit_code);
}

void KubeCluster::leave_no_room(const std::string& pod_part, bool none) {
  parts_->scheduler.leave_no_room(pod_part, none);
}

void KubeCluster::break_image(const std::string& image_part, bool broken) {
  parts_->kubelets.break_image(image_part, broken);
}

void KubeCluster::expire_watches() {
  parts_->watches.expire_all();
  parts_->store.compact();
}

void KubeCluster::exited(api::Uid pod, int exit_code) { parts_->kubelets.exited(pod, exit_code); }
void KubeCluster::probe_again(api::Uid pod) { parts_->kubelets.probe_again(pod); }

}  // namespace twin::model
