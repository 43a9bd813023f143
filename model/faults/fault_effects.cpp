#include "model/faults/fault_effects.h"

#include <charconv>

#include "model/world.h"
#include "sim/assert.h"

namespace twin::model {

namespace {

// "my-cluster-broker-2" -> 2; the id of a Kafka node is at the end of its pod's name.
int64_t number_of(const std::string& pod) {
  const size_t dash = pod.rfind('-');
  int64_t number = -1;
  if (dash == pod.npos) return number;
  const char* end = pod.data() + pod.size();
  return std::from_chars(pod.data() + dash + 1, end, number).ptr == end ? number : -1;
}

api::NodeId node_of(const std::string& pod) { return {static_cast<int32_t>(number_of(pod))}; }

OperatorIndex operator_of(const Fault& fault) {
  int index = 0;
  std::from_chars(fault.target.data(), fault.target.data() + fault.target.size(), index);
  return static_cast<OperatorIndex>(std::max(0, index));
}

ApiFaultRule api_rule(const Fault& fault, FaultIndex index) {
  ApiFaultRule rule;
  rule.id = index;
  rule.every = static_cast<uint32_t>(std::max<int64_t>(1, fault.amount));
  if (fault.mode == "429") rule.outcome = controller::Outcome::too_many_requests;
  if (fault.mode == "conflict") rule.outcome = controller::Outcome::conflict;
  if (fault.mode == "conflict") rule.reads = false;
  if (fault.mode.starts_with("unknown")) rule.outcome = controller::Outcome::unknown;
  rule.after_write = fault.mode == "unknown-after-write";
  if (rule.after_write) rule.reads = false;
  return rule;
}

void crash_operator(World& world, const Fault& fault) {
  const OperatorIndex index = operator_of(fault);
  if (fault.amount > 0) {
    world.operators.crash_at_call(index, static_cast<uint64_t>(fault.amount),
                                  fault.mode == "before", fault.duration);
  } else {
    world.operators.kill(index);
  }
}

// A machine that is gone takes along the disks that were part of it.
void lose_local_volumes(World& world, const std::string& node) {
  for (const api::ObjectPtr& object : world.kube.objects(api::Kind::persistent_volume)) {
    if (api::as<api::PersistentVolume>(*object).node != node) continue;
    world.replication.lose_volume(object->metadata.name);
  }
}

void delete_pod(World& world, const std::string& pod) {
  for (const api::ObjectPtr& object : world.kube.objects(api::Kind::pod)) {
    if (object->metadata.name != pod) continue;
    world.kube.user_remove(api::Kind::pod, object->metadata.namespace_name, pod);
  }
}

controller::Verb denied_verb(const Fault& fault) {
  if (fault.mode == "update") return controller::Verb::update;
  return fault.mode == "remove" ? controller::Verb::remove : controller::Verb::create;
}

// None: of every kind.
std::optional<api::Kind> kind_in(const std::string& name) {
  return name.empty() ? std::nullopt : api::kind_from_name(name);
}

// Of 0 nothing is left of it.
void slow_network(World& world, const Fault& fault, int64_t amount) {
  if (fault.mode == "delay") {
    world.replication.set_network_delay(node_of(fault.target), sim::Duration{amount * 1'000'000});
  } else {
    world.replication.set_network_speed(node_of(fault.target), amount == 0 ? 100 : amount);
  }
}

// Whoever mended the disk of a broker that runs on without it starts that broker anew.
void mend_disk(World& world, const std::string& volume) {
  const api::NodeId broker = world.replication.broker_of(volume);
  world.replication.mend_volume(volume);
  if (!broker.valid() || !world.kafka.process_running(broker) ||
      !world.replication.directories(broker).any_offline) {
    return;
  }
  for (const api::ObjectPtr& object : world.kube.objects(api::Kind::pod)) {
    for (const MountedVolume& each : world.kube.volumes_of_pod(object->metadata.name)) {
      if (each.volume == volume) return delete_pod(world, object->metadata.name);
    }
  }
}

bool takes_power(FaultKind kind) {
  return kind == FaultKind::power_off || kind == FaultKind::node_loss ||
         kind == FaultKind::zone_loss;
}

}  // namespace

bool competes(const Fault& a, const Fault& b) {
  if (takes_power(a.kind) && takes_power(b.kind)) return true;
  const auto fails = [](FaultKind kind) {
    return kind == FaultKind::failed_disk || kind == FaultKind::full_disk;
  };
  if (fails(a.kind) && fails(b.kind)) return true;
  const bool counted = a.kind == FaultKind::network_cut || a.kind == FaultKind::api_error;
  // A crash around a call is over when it has struck.
  const bool strikes = a.kind == FaultKind::operator_crash && (a.amount > 0 || b.amount > 0);
  return a.kind == b.kind && !counted && !strikes;
}

void apply_fault(World& world, const Fault& fault, const std::vector<std::string>& touched,
                 FaultIndex index) {
  switch (fault.kind) {
    case FaultKind::broker_crash:
      return world.kube.kill_container(fault.target, KillKind::sigkill);
    case FaultKind::broker_hang:
      return world.kafka.hang(node_of(fault.target), true);
    case FaultKind::node_loss:
      lose_local_volumes(world, touched.front());
      return world.kube.lose_node(touched.front());
    case FaultKind::power_off:
    case FaultKind::zone_loss:
      for (const std::string& node : touched) world.kube.fail_node(node);
      return;
    case FaultKind::slow_disk:
      return world.replication.set_disk_speed(node_of(fault.target), fault.amount);
    case FaultKind::lost_disk:
      return world.replication.lose_volume(touched.front());
    case FaultKind::volume_stuck:
      return world.kube.block_detach(touched.front(), true);
    case FaultKind::network_cut:
      world.network.cut(fault.target, fault.other);
      return world.network_changed();
    case FaultKind::operator_crash:
      return crash_operator(world, fault);
    case FaultKind::api_error:
      return world.operators.api_faults().add(api_rule(fault, index));
    case FaultKind::stale_cache:
      return world.operators.freeze_watches(operator_of(fault), true);
    case FaultKind::watch_expiry:
      return world.kube.expire_watches();
    case FaultKind::slow_start:
      return world.kube.set_start_delay(fault.target, sim::Duration{fault.amount * 1'000'000});
    case FaultKind::slow_metadata:
      return world.kafka.set_metadata_lag(node_of(fault.target),
                                          sim::Duration{fault.amount * 1'000'000});
    case FaultKind::pod_delete:
      return delete_pod(world, fault.target);
    case FaultKind::start_fails:
      return world.kube.fail_starts(fault.target,
                                    static_cast<int>(std::max<int64_t>(1, fault.amount)));
    case FaultKind::image_broken:
      return world.kube.break_image(fault.target, true);
    case FaultKind::throttle_follower:
      return world.replication.set_follower_limit(node_of(fault.target), fault.amount);
    case FaultKind::unschedulable:
      return world.kube.leave_no_room(fault.target, true);
    case FaultKind::operator_no_dns:
      return world.operators.break_dns(operator_of(fault), true);
    case FaultKind::slow_network:
      return slow_network(world, fault, fault.amount);
    case FaultKind::failed_disk:
      return world.replication.fail_volume(touched.front());
    case FaultKind::full_disk:
      return world.replication.fill_volume(touched.front());
    case FaultKind::node_drain:
      return world.kube.drain(fault.target, fault.mode == "drain-cleaner");
    case FaultKind::volume_unattachable:
      return world.kube.block_attach(touched.front(), true);
    case FaultKind::admission_refusal:
      return world.kube.refuse(*kind_in(fault.target), denied_verb(fault), true);
    case FaultKind::operator_hang:
      return world.operators.hang(operator_of(fault), true);
    case FaultKind::missed_event:
      return world.operators.lose_events(operator_of(fault), kind_in(fault.mode), true);
    case FaultKind::clock_jump:
      return world.operators.set_clock(operator_of(fault), sim::Duration{fault.amount * 1'000'000});
  }
}

void heal_fault(World& world, const Fault& fault, const std::vector<std::string>& touched,
                FaultIndex index) {
  switch (fault.kind) {
    case FaultKind::broker_hang:
      return world.kafka.hang(node_of(fault.target), false);
    case FaultKind::node_loss:
    case FaultKind::power_off:
    case FaultKind::zone_loss:
      for (const std::string& node : touched) world.kube.recover_node(node);
      return;
    case FaultKind::slow_disk:
      return world.replication.set_disk_speed(node_of(fault.target), 100);
    case FaultKind::volume_stuck:
      return world.kube.block_detach(touched.front(), false);
    case FaultKind::network_cut:
      world.network.heal(fault.target, fault.other);
      return world.network_changed();
    case FaultKind::operator_crash:
      if (fault.amount == 0) world.operators.restart(operator_of(fault));
      return;
    case FaultKind::api_error:
      return world.operators.api_faults().remove(index);
    case FaultKind::stale_cache:
      return world.operators.freeze_watches(operator_of(fault), false);
    case FaultKind::slow_start:
      return world.kube.set_start_delay(fault.target, {});
    case FaultKind::slow_metadata:
      return world.kafka.set_metadata_lag(node_of(fault.target), {});
    case FaultKind::start_fails:
      return world.kube.fail_starts(fault.target, 0);
    case FaultKind::image_broken:
      return world.kube.break_image(fault.target, false);
    case FaultKind::throttle_follower:
      return world.replication.set_follower_limit(node_of(fault.target), 0);
    case FaultKind::unschedulable:
      return world.kube.leave_no_room(fault.target, false);
    case FaultKind::operator_no_dns:
      return world.operators.break_dns(operator_of(fault), false);
    case FaultKind::slow_network:
      return slow_network(world, fault, 0);
    case FaultKind::failed_disk:
    case FaultKind::full_disk:
      return mend_disk(world, touched.front());
    case FaultKind::node_drain:
      return world.kube.end_drain(fault.target);
    case FaultKind::volume_unattachable:
      return world.kube.block_attach(touched.front(), false);
    case FaultKind::admission_refusal:
      return world.kube.refuse(*kind_in(fault.target), denied_verb(fault), false);
    case FaultKind::operator_hang:
      return world.operators.hang(operator_of(fault), false);
    case FaultKind::missed_event:
      return world.operators.lose_events(operator_of(fault), kind_in(fault.mode), false);
    case FaultKind::clock_jump:
      return world.operators.set_clock(operator_of(fault), {});
    case FaultKind::broker_crash:
    case FaultKind::lost_disk:
    case FaultKind::watch_expiry:
    case FaultKind::pod_delete:
      return;  // nothing to undo
  }
}

}  // namespace twin::model
