#include <algorithm>

#include "model/kube/kubelet.h"
#include "sim/assert.h"
#include "sim/draw.h"
#include "sim/marks.h"

namespace twin::model::kube {

namespace {

using namespace sim::literals;

sim::Duration period_of(const api::Probe& probe) { return std::max(probe.period, 1_s); }

}  // namespace

// Workers are made once the volumes are mounted and stay until the pod goes. A kubelet that started
// less than a period ago lets each wait a random part of it, so that a machine that boots does not
// probe all its pods at once.
void Kubelets::start_probing(Run& run) {
  if (run.probing_since) return;
  const api::Pod* pod = pod_of(run);
  if (pod == nullptr || pod->spec.containers.empty()) return;
  sim::Duration wait{};
  if (run.kubelet_just_started) {
    const sim::Duration period = period_of(pod->spec.containers.front().readiness);
    const uint64_t drawn = sim::draw(context_.kernel.seed, sim::purpose("probe_worker_delay"),
                                     run.uid.value, static_cast<uint64_t>(run.restarts));
    wait = {static_cast<int64_t>(sim::below(static_cast<uint64_t>(period.ns), drawn))};
    run.kubelet_just_started = false;
  }
  run.probing_since = context_.kernel.now() + wait;
}

// To the worker's next tick at which the container has run for the initial delay. A probe of 15 s
// and 10 s thus asks first at the worker's 20 s.
sim::Duration Kubelets::until_probe(const Run& run, const api::Probe& probe) const {
  TWIN_ASSERT(run.probing_since.has_value());
  const sim::Time now = context_.kernel.now();
  const sim::Time from = std::max(now, run.started + probe.initial_delay);
  if (from <= *run.probing_since) return *run.probing_since - now;
  const int64_t period = period_of(probe).ns;
  const int64_t passed = (from - *run.probing_since).ns;
  return from - now + sim::Duration{(passed + period - 1) / period * period - passed};
}

void Kubelets::probe_again(api::Uid uid) {
  const auto found = index_.find(uid);
  if (found == index_.end() || !runs_[found->second].running) return;
  schedule_readiness(found->second);
  schedule_liveness(found->second);
}

void Kubelets::schedule_readiness(uint32_t index) {
  Run& run = runs_[index];
  const api::Pod* pod = pod_of(run);
  if (run.readiness_tick || pod == nullptr || run.stopping) return;
  run.readiness_tick = true;
  const api::Probe& probe = pod->spec.containers.front().readiness;
  step(index, Step::readiness, until_probe(run, probe));
}

void Kubelets::schedule_liveness(uint32_t index) {
  Run& run = runs_[index];
  const api::Pod* pod = pod_of(run);
  if (run.liveness_tick || pod == nullptr || run.stopping) return;
  run.liveness_tick = true;
  const api::Probe& probe = pod->spec.containers.front().liveness;
  step(index, Step::liveness, until_probe(run, probe));
}

void Kubelets::probe_readiness(uint32_t index) {
  Run& run = runs_[index];
  run.readiness_tick = false;
  const api::Pod* pod = pod_of(run);
  if (pod == nullptr || !run.running) return;
  const api::Probe& probe = pod->spec.containers.front().readiness;
  int32_t& results = run.readiness_results;
  if (context_.runtime->ready(run.uid)) {
    results = std::max(results, 0) + 1;
    if (run.ready) return;
    if (results >= probe.success_threshold) return set_ready(index, true);
  } else {
    results = std::min(results, 0) - 1;
    if (run.ready && -results >= probe.failure_threshold) set_ready(index, false);
  }
  // Not Ready, or on the way there: asked again at the next tick.
  runs_[index].readiness_tick = true;
  step(index, Step::readiness, period_of(probe));
}

void Kubelets::probe_liveness(uint32_t index) {
  Run& run = runs_[index];
  run.liveness_tick = false;
  const api::Pod* pod = pod_of(run);
  if (pod == nullptr || !run.running || run.stopping) return;
  const api::Probe& probe = pod->spec.containers.front().liveness;
  if (context_.runtime->live(run.uid)) {
    run.liveness_failures = 0;
    return;
  }
  if (++run.liveness_failures >= probe.failure_threshold) {
    TWIN_MARK("kubelet_liveness_failed");
    return send_term(index);
  }
  run.liveness_tick = true;
  step(index, Step::liveness, period_of(probe));
}

void Kubelets::set_ready(uint32_t index, bool ready) {
  Run& run = runs_[index];
  run.ready = ready;
  if (!run.cut) show_ready(index, ready);
}

void Kubelets::show_ready(uint32_t index, bool ready) {
  Run& run = runs_[index];
  if (run.shown_ready == ready) return;
  run.shown_ready = ready;
  const int64_t name = context_.name(run.name);
  const auto uid = static_cast<int64_t>(run.uid.value);
  const RecordId record = ready ? context_.kernel.emit(trace::PodBecameReady{name, uid})
                                : context_.kernel.emit(trace::PodBecameUnready{name, uid});
  Kernel::ScopedCause cause(context_.kernel, record);
  report(run);
}

}  // namespace twin::model::kube
