// What a fault hits, looked up when it is injected: a target that does not exist, or that the kind
// has no effect on, is an error with what would be right, never a fault that does nothing.
#include <algorithm>
#include <charconv>

#include "controller/api/strimzi.h"
#include "model/faults/fault_effects.h"
#include "model/world.h"

namespace twin::model {

namespace {

using Targets = sim::Expected<std::vector<std::string>>;
const std::vector<std::string> kNone;

std::string name_of(const Fault& fault) { return std::string(info_of(fault.kind).name); }

sim::Error wrong(const Fault& fault, const std::string& what, const std::string& hint = {}) {
  const std::string help = "target: " + std::string(info_of(fault.kind).target_help);
  return {"", name_of(fault) + ": " + what, hint.empty() ? help : hint};
}

sim::Error no_such(const Fault& fault, const std::string& what) {
  return wrong(fault, "there is no " + what + " `" + fault.target + "`");
}

// The number at the end of "broker:2" or "my-cluster-broker-2"; -1 without one.
int64_t number_at_end(const std::string& text, char before) {
  const size_t at = text.rfind(before);
  int64_t number = -1;
  if (at == text.npos || at + 1 == text.size()) return -1;
  const char* end = text.data() + text.size();
  return std::from_chars(text.data() + at + 1, end, number).ptr == end ? number : -1;
}

const api::Pod* pod_named(const World& world, const std::string& name) {
  for (const api::ObjectPtr& object : world.kube.objects(api::Kind::pod)) {
    if (object->metadata.name == name) return &api::as<api::Pod>(*object);
  }
  return nullptr;
}

bool has_label(const api::Pod& pod, const char* key, std::string_view value) {
  const auto found = pod.metadata.labels.find(key);
  return found != pod.metadata.labels.end() && found->second == value;
}

enum class Server : uint8_t { none, broker, controller, zookeeper };

Server server_in(const api::Pod& pod) {
  if (!has_label(pod, api::strimzi::kKind, "Kafka")) return Server::none;
  if (number_at_end(pod.metadata.name, '-') < 0) return Server::none;
  if (pod.metadata.name.find("-zookeeper-") != std::string::npos) return Server::zookeeper;
  // Eras without roles have no such labels: every Kafka pod is a broker.
  return has_label(pod, api::strimzi::kBrokerRole, "false") ? Server::controller : Server::broker;
}

Targets pod_target(const World& world, const Fault& fault) {
  if (pod_named(world, fault.target) == nullptr) return no_such(fault, "pod");
  return std::vector<std::string>{fault.target};
}

// A pod with a Kafka process in it: a broker, or with `controllers` a controller too.
Targets kafka_target(const World& world, const Fault& fault, bool controllers) {
  const api::Pod* pod = pod_named(world, fault.target);
  if (pod == nullptr) return no_such(fault, "pod");
  const Server server = server_in(*pod);
  if (server == Server::broker || (controllers && server == Server::controller)) {
    return std::vector<std::string>{fault.target};
  }
  const char* what = server == Server::zookeeper    ? " is a ZooKeeper server"
                     : server == Server::controller ? " is a controller without partitions"
                                                    : " is no Kafka node";
  return wrong(fault, fault.target + what, "target: the pod of a broker");
}

// Part of the name of a pod that is there, or that a set will make again.
Targets pod_part_target(const World& world, const Fault& fault) {
  const auto matches = [&](const std::string& name) {
    return name.find(fault.target) != std::string::npos;
  };
  const std::vector<std::string> part{fault.target};
  for (const api::ObjectPtr& object : world.kube.objects(api::Kind::pod)) {
    if (matches(object->metadata.name)) return part;
  }
  for (const api::ObjectPtr& object : world.kube.objects(api::Kind::strimzi_pod_set)) {
    for (const auto& pod : api::as<api::StrimziPodSet>(*object).pods) {
      if (matches(pod->metadata.name)) return part;
    }
  }
  for (const api::ObjectPtr& object : world.kube.objects(api::Kind::stateful_set)) {
    if (matches(object->metadata.name + "-")) return part;
  }
  return no_such(fault, "pod with a name like");
}

// The machine under a pod.
Targets machine_target(const World& world, const Fault& fault) {
  const std::string node = world.kube.node_of_pod(fault.target);
  if (node.empty()) return no_such(fault, "pod on a machine");
  return std::vector<std::string>{node};
}

Targets volume_target(const World& world, const Fault& fault) {
  const std::string volume = world.kube.volume_of(fault.target);
  if (volume.empty()) return no_such(fault, "volume or bound claim");
  return std::vector<std::string>{volume};
}

Targets broker_volume_target(const World& world, const Fault& fault) {
  Targets volume = volume_target(world, fault);
  if (!volume) return volume;
  if (world.replication.broker_of(volume->front()).valid()) return volume;
  return wrong(fault, fault.target + " is no volume that a broker has mounted");
}

// Bandwidth and delay are two things.
Targets slow_network_target(const World& world, const Fault& fault) {
  const Targets pod = kafka_target(world, fault, false);
  if (!pod) return pod;
  if (fault.mode != "delay" && fault.mode != "bandwidth" && !fault.mode.empty()) {
    return wrong(fault, "unknown mode `" + fault.mode + "`", "mode: bandwidth or delay");
  }
  return std::vector<std::string>{fault.target + (fault.mode == "delay" ? " delay" : "")};
}

Targets operator_target(const World& world, const Fault& fault) {
  uint32_t index = 0;
  const char* end = fault.target.data() + fault.target.size();
  const auto parsed = std::from_chars(fault.target.data(), end, index);
  const bool number = fault.target.empty() || parsed.ptr == end;
  if (!number || index >= world.operators.count()) return no_such(fault, "operator");
  if (fault.kind == FaultKind::missed_event) {
    if (!fault.mode.empty() && !api::kind_from_name(fault.mode)) {
      return wrong(fault, "unknown kind `" + fault.mode + "`", "mode: a kind such as Pod");
    }
    // What is lost of one kind and of all are two things.
    return std::vector<std::string>{std::to_string(index) + " " + fault.mode};
  }
  if (fault.mode.empty() || fault.mode == "before" || fault.mode == "after") {
    return std::vector<std::string>{std::to_string(index)};
  }
  return wrong(fault, "unknown mode `" + fault.mode + "`", "mode: before or after");
}

Targets drain_target(const World& world, const Fault& fault) {
  if (!world.kube.node_exists(fault.target)) return no_such(fault, "Kubernetes node");
  if (!fault.mode.empty() && fault.mode != "drain-cleaner") {
    return wrong(fault, "unknown mode `" + fault.mode + "`", "mode: drain-cleaner, or none");
  }
  return std::vector<std::string>{fault.target};
}

Targets admission_target(const Fault& fault) {
  if (!api::kind_from_name(fault.target)) return no_such(fault, "kind of object");
  for (const char* mode : {"", "create", "update", "remove"}) {
    if (fault.mode != mode) continue;
    return std::vector<std::string>{fault.target + (fault.mode.empty() ? "create" : fault.mode)};
  }
  return wrong(fault, "unknown mode `" + fault.mode + "`", "mode: create, update or remove");
}

Targets api_error_target(const Fault& fault) {
  for (const char* mode : {"429", "500", "conflict", "unknown", "unknown-after-write"}) {
    if (fault.mode == mode) return kNone;
  }
  return wrong(fault, "unknown mode `" + fault.mode + "`",
               "mode: " + std::string(info_of(fault.kind).mode_help));
}

// ---- the ends of a network cut ----

bool is_process(const std::string& end) {
  return end.starts_with("broker:") || end.starts_with("controller:") ||
         end.starts_with("zookeeper:");
}

bool process_exists(const World& world, const std::string& end) {
  const int64_t number = number_at_end(end, ':');
  if (number < 0) return false;
  for (const api::ObjectPtr& object : world.kube.objects(api::Kind::pod)) {
    const auto& pod = api::as<api::Pod>(*object);
    if (number_at_end(pod.metadata.name, '-') != number) continue;
    const Server server = server_in(pod);
    const bool controller = has_label(pod, api::strimzi::kControllerRole, "true");
    if (end.starts_with("zookeeper:") && server == Server::zookeeper) return true;
    if (end.starts_with("broker:") && server == Server::broker) return true;
    if (end.starts_with("controller:") && controller) return true;
  }
  const api::NodeId id{static_cast<int32_t>(number)};
  // A node whose pod is away at the moment is still one of the cluster.
  if (end.starts_with("broker:")) return world.kafka.is_registered(id);
  const std::vector<api::NodeId> voters = world.kafka.quorum_voters();
  return end.starts_with("controller:") &&
         std::find(voters.begin(), voters.end(), id) != voters.end();
}

bool end_exists(const World& world, const std::string& end) {
  if (end == "operator") return world.operators.count() > 0;
  if (end == "api-server") return true;
  if (is_process(end)) return process_exists(world, end);
  if (end.starts_with("zone:")) return !world.kube.nodes_in(end.substr(5)).empty();
  return world.kube.node_exists(end);
}

Targets cut_targets(const World& world, const Fault& fault) {
  for (const std::string& end : {fault.target, fault.other}) {
    if (!end_exists(world, end)) return wrong(fault, "there is no end `" + end + "`");
  }
  if (fault.target == fault.other) {
    return wrong(fault, "both ends are `" + fault.target + "`", "two different ends");
  }
  const bool api = fault.target == "api-server" || fault.other == "api-server";
  const std::string& end = fault.target == "api-server" ? fault.other : fault.target;
  if (api && is_process(end)) {
    return wrong(fault, end + " does not talk to the API server",
                 "the Kubernetes node under it: its kubelet does");
  }
  return std::vector<std::string>{fault.target, fault.other};
}

std::optional<sim::Error> amount_problem(const Fault& fault) {
  int64_t least = 0;
  int64_t most = INT64_MAX;
  switch (fault.kind) {
    case FaultKind::slow_disk:
      least = 1;
      most = 100;
      break;
    case FaultKind::slow_network:
      least = 1;
      most = fault.mode == "delay" ? 60'000 : 100;
      break;
    case FaultKind::slow_start:
    case FaultKind::slow_metadata:
    case FaultKind::throttle_follower:
    case FaultKind::clock_jump:
      least = 1;
      break;
    case FaultKind::start_fails:
      most = 255;
      break;
    default:
      return std::nullopt;
  }
  if (fault.amount >= least && fault.amount <= most) return std::nullopt;
  return wrong(fault, "an amount of " + std::to_string(fault.amount) + " makes no sense",
               "amount: " + std::string(info_of(fault.kind).amount_help) + ", from " +
                   std::to_string(least) +
                   (most == INT64_MAX ? "" : " to " + std::to_string(most)));
}

}  // namespace

Targets fault_targets(const World& world, const Fault& fault) {
  if (const auto problem = amount_problem(fault)) return *problem;
  switch (fault.kind) {
    case FaultKind::broker_crash:
    case FaultKind::pod_delete:
    case FaultKind::start_fails:
      return pod_target(world, fault);
    case FaultKind::broker_hang:
      return kafka_target(world, fault, true);
    case FaultKind::slow_disk:
    case FaultKind::slow_metadata:
    case FaultKind::throttle_follower:
      return kafka_target(world, fault, false);
    case FaultKind::power_off:
      return machine_target(world, fault);
    case FaultKind::node_loss:
      if (!world.kube.node_exists(fault.target)) return no_such(fault, "Kubernetes node");
      return std::vector<std::string>{fault.target};
    case FaultKind::zone_loss: {
      const std::vector<std::string> nodes = world.kube.nodes_in(fault.target);
      if (nodes.empty()) return no_such(fault, "zone");
      return nodes;
    }
    case FaultKind::lost_disk:
    case FaultKind::volume_stuck:
    case FaultKind::volume_unattachable:
      return volume_target(world, fault);
    case FaultKind::operator_crash:
    case FaultKind::stale_cache:
    case FaultKind::operator_no_dns:
    case FaultKind::missed_event:
    case FaultKind::clock_jump:
    case FaultKind::operator_hang:
      return operator_target(world, fault);
    case FaultKind::api_error:
      return api_error_target(fault);
    case FaultKind::network_cut:
      return cut_targets(world, fault);
    case FaultKind::slow_start:
    case FaultKind::unschedulable:
      return pod_part_target(world, fault);
    case FaultKind::slow_network:
      return slow_network_target(world, fault);
    case FaultKind::failed_disk:
    case FaultKind::full_disk:
      return broker_volume_target(world, fault);
    case FaultKind::node_drain:
      return drain_target(world, fault);
    case FaultKind::admission_refusal:
      return admission_target(fault);
    case FaultKind::image_broken:
      return std::vector<std::string>{fault.target};
    case FaultKind::watch_expiry:
      return kNone;
  }
  return kNone;
}

}  // namespace twin::model
