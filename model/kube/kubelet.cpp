#include "model/kube/kubelet.h"

#include <algorithm>

#include "controller/api/strimzi.h"
#include "model/kube/nodes.h"
#include "model/kube/scheduler.h"
#include "model/kube/volumes.h"
#include "sim/assert.h"
#include "sim/marks.h"

namespace twin::model::kube {

namespace {

using namespace sim::literals;

constexpr sim::Duration kBackoffFirst = 10_s;
constexpr sim::Duration kBackoffMax = 300_s;
constexpr sim::Duration kBackoffForgotten = 600_s;  // of running
constexpr sim::Duration kSyncAgain = 10_s;          // pod workers look again at what failed
constexpr sim::Duration kFailingRun = 1_s;          // of a process that gives up as it starts

// What kubelets say of a main container that was not made yet.
const char* creating_reason(const api::Pod& pod) {
  return pod.spec.init_containers.empty() ? "ContainerCreating" : "PodInitializing";
}

}  // namespace

Kubelets::Run* Kubelets::run_of(api::Uid uid) {
  const auto found = index_.find(uid);
  return found == index_.end() ? nullptr : &runs_[found->second];
}

const api::Pod* Kubelets::pod_of(const Run& run) const {
  const api::ObjectPtr found = context_.store.find(api::Kind::pod, run.namespace_name, run.name);
  return found && found->metadata.uid == run.uid ? &api::as<api::Pod>(*found) : nullptr;
}

void Kubelets::step(uint32_t index, Step next, sim::Duration delay) {
  context_.after(delay, Local::kubelet, index, runs_[index].generation,
                 static_cast<uint32_t>(next));
}

void Kubelets::on_pod(const api::ObjectPtr& before, const api::ObjectPtr& after) {
  if (!after) {
    Run* run = run_of(before->metadata.uid);
    if (run == nullptr) return;
    const uint32_t index = index_.at(before->metadata.uid);
    // Forced away: its kubelet kills what still runs; a machine without power has nothing to kill.
    // One that is cut off should run on, unseen: here it stops at once (docs/model/kubernetes.md).
    if (run->running && run->failing_with == 0) {
      context_.runtime->kill(run->uid, KillKind::sigkill);
    }
    drop(index, run->node_dead || run->cut);
    return;
  }
  const auto& pod = api::as<api::Pod>(*after);
  if (pod.spec.node_name.empty()) return;
  Run* run = run_of(pod.metadata.uid);
  if (run == nullptr) {
    uint32_t index = static_cast<uint32_t>(runs_.size());
    if (free_.empty()) {
      runs_.emplace_back();
    } else {
      index = free_.back();
      free_.pop_back();
      const uint32_t generation = runs_[index].generation;
      runs_[index] = Run{};
      runs_[index].generation = generation;
    }
    Run& made = runs_[index];
    made.uid = pod.metadata.uid;
    made.namespace_name = pod.metadata.namespace_name;
    made.name = pod.metadata.name;
    made.node = pod.spec.node_name;
    made.node_dead = !context_.nodes->has_power(made.node);
    made.cut = context_.nodes->is_cut_off(made.node);
    index_[made.uid] = index;
    if (!made.node_dead && !made.cut) step(index, Step::seen, context_.hardware.watch_latency);
    return;
  }
  if (pod.metadata.deletion_time && !run->stopping && !run->node_dead && !run->cut) {
    run->stopping = true;
    step(index_.at(pod.metadata.uid), Step::stop, context_.hardware.watch_latency);
  }
}

void Kubelets::handle(const sim::Event& event) {
  const uint32_t index = event.entity;
  if (event.generation != runs_[index].generation || !runs_[index].live) return;
  switch (static_cast<Step>(event.argument)) {
    case Step::seen:
      return look_at(index);
    case Step::pull:
      return pull_image(index);
    case Step::image:
      return run_init(index);
    case Step::init_done:
      return step(index, Step::start, context_.hardware.container_start);
    case Step::start:
      return start_container(index);
    case Step::failed_start:
      return exited(runs_[index].uid, runs_[index].failing_with);
    case Step::readiness:
      return probe_readiness(index);
    case Step::liveness:
      return probe_liveness(index);
    case Step::stop:
      return begin_stop(index);
    case Step::grace_over: {
      Run& run = runs_[index];
      if (!run.running) return;
      TWIN_MARK("kubelet_grace_period_over");
      if (run.failing_with == 0) context_.runtime->kill(run.uid, KillKind::sigkill);
      exited(run.uid, 137);
      return;
    }
    case Step::backoff_over:
      return start_container(index);
    case Step::pull_backoff:
      return wait_for(index, "ImagePullBackOff");
    case Step::gone:
      return stopped(index);
  }
}

void Kubelets::look_at(uint32_t index) {
  Run& run = runs_[index];
  const api::Pod* pod = pod_of(run);
  if (pod == nullptr || run.stopping || run.cut) return;
  run.seen = true;
  wait_for(index, creating_reason(*pod));
  if (context_.volumes->attach_all(index, *pod, run.node)) pull_image(index);
}

void Kubelets::volumes_ready(uint32_t index) {
  Run& run = runs_[index];
  if (run.live && !run.stopping && !run.node_dead) pull_image(index);
}

void Kubelets::pull_image(uint32_t index) {
  Run& run = runs_[index];
  start_probing(run);
  const api::Pod* pod = pod_of(run);
  if (pod == nullptr || pod->spec.containers.empty()) return;
  const std::string& image = pod->spec.containers.front().image;
  const bool here = pulled_.contains({run.node, image});
  for (const std::string& broken : broken_images_) {
    if (here || image.find(broken) == image.npos) continue;
    TWIN_MARK("kubelet_image_pull_failed");
    const sim::Duration wait = run.pull_backoff.ns == 0 ? kBackoffFirst : run.pull_backoff;
    run.pull_backoff = std::min(kBackoffMax, wait * 2);
    wait_for(index, "ErrImagePull");
    if (wait > kSyncAgain) step(index, Step::pull_backoff, kSyncAgain);
    return step(index, Step::pull, wait);
  }
  pulled_.insert({run.node, image});
  run.pull_backoff = {};
  if (run.waiting == "ErrImagePull" || run.waiting == "ImagePullBackOff") {
    wait_for(index, creating_reason(*pod));
  }
  step(index, Step::image, here ? sim::Duration{} : context_.hardware.image_pull);
}

void Kubelets::run_init(uint32_t index) {
  sim::Duration delay = context_.hardware.init_container;
  for (const auto& [part, more] : start_delays_) {
    if (runs_[index].name.find(part) != std::string::npos) delay += more;
  }
  step(index, Step::init_done, delay);
}

void Kubelets::start_container(uint32_t index) {
  Run& run = runs_[index];
  const api::Pod* pod = pod_of(run);
  if (pod == nullptr || run.stopping || run.running) return;
  ContainerStart start;
  start.pod_uid = run.uid;
  start.pod = std::make_shared<const api::Pod>(*pod);
  start.kube_node = run.node;
  start.zone = context_.nodes->zone_of(run.node);
  start.volumes = context_.volumes->mounts_of(*pod);
  for (const api::PodVolume& volume : pod->spec.volumes) {
    if (volume.config_map.empty()) continue;
    const api::ObjectPtr map =
        context_.store.find(api::Kind::config_map, run.namespace_name, volume.config_map);
    if (map) start.config = std::static_pointer_cast<const api::ConfigMap>(map);
  }
  const auto cluster = pod->metadata.labels.find(api::strimzi::kCluster);
  if (cluster != pod->metadata.labels.end()) {
    const auto secret = [&](const std::string& name) {
      return context_.store.find(api::Kind::secret, run.namespace_name, name);
    };
    start.certificate = secret(pod->metadata.name);
    start.authority = secret(cluster->second + "-cluster-ca-cert");
  }
  run.running = true;
  run.waiting.clear();
  run.started_once = true;
  run.started = context_.kernel.now();
  run.readiness_results = run.liveness_failures = 0;
  const RecordId record = context_.kernel.emit(trace::ContainerStarted{
      context_.name(run.name), static_cast<int64_t>(run.uid.value), run.restarts});
  Kernel::ScopedCause cause(context_.kernel, record);
  report(run);
  const auto fails = failing_starts_.find(run.name);
  run.failing_with = fails == failing_starts_.end() ? 0 : fails->second;
  if (run.failing_with != 0) return step(index, Step::failed_start, kFailingRun);
  context_.runtime->start(start);
  schedule_readiness(index);
}

void Kubelets::begin_stop(uint32_t index) {
  Run& run = runs_[index];
  if (!run.running) {
    ++run.generation;  // nothing that was on its way happens any more
    step(index, Step::gone, context_.hardware.api_latency);
    return;
  }
  send_term(index);
}

void Kubelets::send_term(uint32_t index) {
  Run& run = runs_[index];
  const api::Pod* pod = pod_of(run);
  const sim::Duration grace = pod == nullptr                ? sim::Duration{}
                              : pod->metadata.deletion_time ? pod->metadata.deletion_grace
                                                            : pod->spec.termination_grace;
  const api::Uid uid = run.uid;
  ++run.generation;  // probes and timers of the run before
  run.readiness_tick = run.liveness_tick = false;
  step(index, Step::grace_over, grace);
  if (run.failing_with != 0) return step(index, Step::failed_start, {});
  context_.runtime->terminate(uid);
}

void Kubelets::exited(api::Uid uid, int exit_code) {
  Run* found = run_of(uid);
  if (found == nullptr || !found->running) return;
  Run& run = *found;
  const uint32_t index = index_.at(uid);
  run.running = false;
  run.failing_with = 0;
  run.last_exit = context_.kernel.now();
  run.last_exit_code = exit_code;
  ++run.generation;
  run.readiness_tick = run.liveness_tick = false;
  const RecordId record = context_.kernel.emit(
      trace::ContainerExited{context_.name(run.name), static_cast<int64_t>(uid.value), exit_code});
  Kernel::ScopedCause cause(context_.kernel, record);
  if (run.stopping) {
    if (run.ready) set_ready(index, false);
    step(index, Step::gone, context_.hardware.api_latency);
  } else {
    crash(index);
  }
}

// The first restart is at once; the next ones wait 10 s, 20 s, ... 300 s.
void Kubelets::crash(uint32_t index) {
  Run& run = runs_[index];
  const bool was_ready = run.ready;
  if (run.last_exit - run.started >= kBackoffForgotten) run.backoff = {};
  const sim::Duration wait = run.backoff;
  run.backoff = std::min(kBackoffMax, wait.ns == 0 ? kBackoffFirst : wait * 2);
  ++run.restarts;
  if (was_ready) set_ready(index, false);
  if (wait.ns > 0) {
    TWIN_MARK("kubelet_crash_loop_back_off");
    wait_for(index, "CrashLoopBackOff");
  } else {
    report(runs_[index]);
  }
  step(index, Step::backoff_over, wait.ns > 0 ? wait : context_.hardware.container_start);
}

void Kubelets::kill_container(api::Uid uid, KillKind kind) {
  Run* run = run_of(uid);
  if (run == nullptr || !run->running) return;
  if (run->failing_with == 0) context_.runtime->kill(uid, kind);
  exited(uid, 137);
}

void Kubelets::stopped(uint32_t index) {
  Run& run = runs_[index];
  run.ended = run.cut;
  if (run.ended) return;  // nobody to tell
  if (const api::Pod* pod = pod_of(run)) {
    const api::Pod gone = *pod;
    context_.server.erase(gone);  // comes back through on_pod, which drops the run
  } else {
    drop(index, false);
  }
}

void Kubelets::drop(uint32_t index, bool lost) {
  Run& run = runs_[index];
  if (!run.live) return;
  run.live = false;
  run.running = false;
  ++run.generation;
  index_.erase(run.uid);
  free_.push_back(index);
  context_.volumes->release_all(index, lost);
  context_.scheduler->wake();
}

void Kubelets::wait_for(uint32_t index, const std::string& reason) {
  const Run& run = runs_[index];
  if (run.waiting == reason) return;
  if (reason != "ContainerCreating" && reason != "PodInitializing") {
    context_.kernel.emit(trace::ContainerWaiting{
        context_.name(run.name), static_cast<int64_t>(run.uid.value), context_.name(reason)});
  }
  runs_[index].waiting = reason;
  report(run);
}

void Kubelets::report(const Run& run) {
  const api::Pod* pod = pod_of(run);
  if (pod == nullptr || run.cut) return;
  auto told = std::make_shared<api::Pod>(*pod);
  const sim::Time now = context_.kernel.now();
  told->status.phase = run.started_once ? api::PodPhase::running : api::PodPhase::pending;
  set_condition(told->status.conditions, "Initialized", run.started_once, now);
  set_condition(told->status.conditions, "ContainersReady", run.shown_ready, now);
  set_condition(told->status.conditions, "Ready", run.shown_ready, now);
  told->status.containers.resize(1);
  api::ContainerStatus& status = told->status.containers.front();
  if (!pod->spec.containers.empty()) status.name = pod->spec.containers.front().name;
  status.ready = run.shown_ready;
  status.started = run.running;
  status.restart_count = run.restarts;
  status.waiting_reason = run.waiting;
  status.last_exit_code = run.last_exit_code;
  if (run.restarts > 0) status.terminated_reason = run.last_exit_code == 0 ? "Completed" : "Error";
  told->status.pod_ip = run.started_once ? run.name : std::string();
  if (api::same_content(*told, *pod)) return;
  context_.server.put(told, controller::Verb::update_status);
}

}  // namespace twin::model::kube
