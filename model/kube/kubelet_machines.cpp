// Kubelets when their machine, or their way to the API server, goes and comes back; and what faults
// do to what they start.
#include "model/kube/kubelet.h"
#include "model/kube/nodes.h"
#include "sim/marks.h"

namespace twin::model::kube {

void Kubelets::node_lost(const std::string& node) {
  for (uint32_t index = 0; index < runs_.size(); ++index) {
    Run& run = runs_[index];
    if (!run.live || run.node != node) continue;
    run.node_dead = true;
    ++run.generation;
    run.readiness_tick = run.liveness_tick = false;
    if (run.running && run.failing_with == 0) {
      context_.runtime->kill(run.uid, KillKind::power_off);
    }
    run.running = false;
    run.failing_with = 0;
  }
}

// The node lifecycle controller says for the kubelet that its pods are not Ready.
void Kubelets::node_not_ready(const std::string& node) {
  for (uint32_t index = 0; index < runs_.size(); ++index) {
    Run& run = runs_[index];
    if (!run.live || run.node != node || !run.shown_ready) continue;
    run.shown_ready = false;
    const RecordId record = context_.kernel.emit(trace::PodBecameUnready{
        context_.name(run.name), static_cast<int64_t>(run.uid.value)});
    Kernel::ScopedCause cause(context_.kernel, record);
    const api::Pod* pod = pod_of(run);
    if (pod == nullptr) continue;
    auto told = std::make_shared<api::Pod>(*pod);
    set_condition(told->status.conditions, "Ready", false, context_.kernel.now());
    context_.server.put(told, controller::Verb::update_status);
  }
}

// The machine booted: nothing runs, and what was to go is gone.
void Kubelets::node_back(const std::string& node) {
  for (uint32_t index = 0; index < runs_.size(); ++index) {
    Run& run = runs_[index];
    if (!run.live || run.node != node) continue;
    run.node_dead = false;
    run.cut = context_.nodes->is_cut_off(node);
    run.probing_since.reset();
    run.kubelet_just_started = true;
    ++run.generation;
    const api::Pod* pod = pod_of(run);
    if (pod == nullptr || pod->metadata.deletion_time) {
      run.stopping = true;
      step(index, Step::gone, context_.hardware.watch_latency);
      continue;
    }
    set_ready(index, false);
    if (run.started_once) ++run.restarts;
    step(index, Step::seen, context_.hardware.watch_latency);
  }
}

void Kubelets::cut_off(const std::string& node, bool cut) {
  for (uint32_t index = 0; index < runs_.size(); ++index) {
    Run& run = runs_[index];
    if (!run.live || run.node != node || run.node_dead) continue;
    run.cut = cut;
    if (cut) continue;
    TWIN_MARK("kubelet_reaches_api_server_again");
    if (run.ended) {
      step(index, Step::gone, context_.hardware.api_latency);
      continue;
    }
    if (!run.seen) {
      step(index, Step::seen, context_.hardware.watch_latency);
      continue;
    }
    show_ready(index, run.ready);
    report(runs_[index]);
    const api::Pod* pod = pod_of(runs_[index]);
    if (pod == nullptr || !pod->metadata.deletion_time || runs_[index].stopping) continue;
    runs_[index].stopping = true;
    step(index, Step::stop, context_.hardware.watch_latency);
  }
}

void Kubelets::forget_images(const std::string& node) {
  std::erase_if(pulled_, [&](const auto& each) { return each.first == node; });
}

void Kubelets::set_start_delay(const std::string& pod_part, sim::Duration delay) {
  if (delay.ns == 0) {
    start_delays_.erase(pod_part);
  } else {
    start_delays_[pod_part] = delay;
  }
}

void Kubelets::fail_starts(const std::string& pod, int exit_code) {
  if (exit_code == 0) {
    failing_starts_.erase(pod);
  } else {
    failing_starts_[pod] = exit_code;
  }
}

void Kubelets::break_image(const std::string& image_part, bool broken) {
  if (broken) {
    broken_images_.insert(image_part);
  } else {
    broken_images_.erase(image_part);
  }
}

}  // namespace twin::model::kube
