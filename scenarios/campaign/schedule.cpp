#include "scenarios/campaign/schedule.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "scenarios/campaign/views.h"
#include "scenarios/runner/session.h"
#include "sim/draw.h"

namespace twin::campaign {

using model::Fault;
using model::FaultKind;

namespace {

constexpr int64_t kSecond = 1'000'000'000;

// One kind of fault as schedules draw it.
enum class Aim : uint8_t {
  pod,
  broker,
  machine,
  zone,
  claim,
  broker_claim,
  operator_process,
  nothing,
  cut,
  refused_kind
};
struct Kind {
  FaultKind kind;
  Aim aim;
  int64_t low_s, high_s;  // how long
  int64_t low_amount, high_amount;
};
constexpr std::array kKinds{
    Kind{FaultKind::broker_crash, Aim::pod, 0, 0, 0, 0},
    Kind{FaultKind::broker_hang, Aim::pod, 5, 120, 0, 0},
    Kind{FaultKind::power_off, Aim::pod, 30, 180, 0, 0},
    Kind{FaultKind::node_loss, Aim::machine, 60, 600, 0, 0},
    Kind{FaultKind::zone_loss, Aim::zone, 60, 300, 0, 0},
    Kind{FaultKind::slow_disk, Aim::broker, 30, 300, 10, 50},
    Kind{FaultKind::volume_stuck, Aim::claim, 30, 300, 0, 0},
    Kind{FaultKind::network_cut, Aim::cut, 5, 90, 0, 0},
    Kind{FaultKind::operator_crash, Aim::operator_process, 1, 60, 0, 0},
    Kind{FaultKind::api_error, Aim::nothing, 5, 60, 1, 5},
    Kind{FaultKind::stale_cache, Aim::operator_process, 5, 120, 0, 0},
    Kind{FaultKind::watch_expiry, Aim::nothing, 0, 0, 0, 0},
    Kind{FaultKind::slow_start, Aim::pod, 30, 300, 5'000, 90'000},
    Kind{FaultKind::slow_metadata, Aim::broker, 30, 300, 500, 10'000},
    Kind{FaultKind::pod_delete, Aim::pod, 0, 0, 0, 0},
    Kind{FaultKind::start_fails, Aim::pod, 10, 120, 1, 1},
    Kind{FaultKind::operator_no_dns, Aim::operator_process, 5, 90, 0, 0},
    Kind{FaultKind::node_drain, Aim::machine, 30, 300, 0, 0},
    Kind{FaultKind::slow_network, Aim::broker, 30, 300, 1, 50},
    Kind{FaultKind::failed_disk, Aim::broker_claim, 30, 180, 0, 0},
    Kind{FaultKind::full_disk, Aim::broker_claim, 30, 180, 0, 0},
    Kind{FaultKind::volume_unattachable, Aim::claim, 30, 300, 0, 0},
    Kind{FaultKind::admission_refusal, Aim::refused_kind, 10, 180, 0, 0},
    Kind{FaultKind::missed_event, Aim::operator_process, 5, 120, 0, 0},
    Kind{FaultKind::operator_hang, Aim::operator_process, 5, 120, 0, 0},
    Kind{FaultKind::clock_jump, Aim::operator_process, 5, 120, 100, 3'600'000},
};

const Baseline::Pod* pick_pod(const Baseline& baseline, bool broker, sim::DrawStream& draws) {
  std::vector<const Baseline::Pod*> fit;
  for (const Baseline::Pod& pod : baseline.pods) {
    if (!broker || pod.broker) fit.push_back(&pod);
  }
  return fit.empty() ? nullptr : fit[draws.below(fit.size())];
}

std::string pick_name(const std::vector<std::string>& names, sim::DrawStream& draws) {
  return names.empty() ? std::string() : names[draws.below(names.size())];
}

bool aim_cut(const Baseline& baseline, sim::DrawStream& draws, Fault& fault) {
  const auto end = [&](const Baseline::Pod* pod) { return "broker:" + std::to_string(pod->node); };
  const Baseline::Pod* one = pick_pod(baseline, true, draws);
  const Baseline::Pod* two = pick_pod(baseline, true, draws);
  if (one == nullptr) return false;
  fault.target = draws.chance({1, 3}) ? "operator" : end(one);
  const bool server = fault.target == "operator" && draws.chance({1, 2});
  fault.other = server ? "api-server" : end(two);
  if (fault.other == fault.target) fault.other = "operator";
  return true;
}

// False: the scenario has nothing of that sort.
bool aim(const Baseline& baseline, Aim at, sim::DrawStream& draws, Fault& fault) {
  switch (at) {
    case Aim::pod:
    case Aim::broker:
      if (const auto* pod = pick_pod(baseline, at == Aim::broker, draws)) fault.target = pod->name;
      return !fault.target.empty();
    case Aim::machine:
      fault.target = pick_name(baseline.machines, draws);
      return !fault.target.empty();
    case Aim::zone:
      fault.target = pick_name(baseline.zones, draws);
      return !fault.target.empty();
    case Aim::claim:
      fault.target = pick_name(baseline.claims, draws);
      return !fault.target.empty();
    case Aim::broker_claim:
      if (const auto* pod = pick_pod(baseline, true, draws)) {
        for (const std::string& claim : baseline.claims) {
          if (claim.ends_with("-" + pod->name)) fault.target = claim;
        }
      }
      return !fault.target.empty();
    case Aim::operator_process:
      fault.target = "0";
      return true;
    case Aim::nothing:
      return true;
    case Aim::refused_kind: {
      static constexpr std::array kRefused{"Pod", "ConfigMap", "StrimziPodSet", "StatefulSet"};
      fault.target = draws.pick(kRefused);
      return true;
    }
    case Aim::cut:
      return aim_cut(baseline, draws, fault);
  }
  return false;
}

}  // namespace

Baseline play_baseline(const scenario::Scenario& scenario) {
  Views views;
  scenario::SessionOptions options;
  options.listeners.push_back(&views);
  scenario::Session session(scenario, options);
  views.look_at(session.world());
  const scenario::SessionEnd end = session.run();
  Baseline found;
  found.calls = views.calls_since(end.zero);
  found.views = views.first_calls_since(end.zero);
  found.views_alike = views.views_since(end.zero) - found.views.size();
  found.length_s = std::max<int64_t>(0, (end.last_busy - end.zero).ns / kSecond);
  const model::World& world = session.world();
  for (const api::ObjectPtr& object : world.kube.objects(api::Kind::pod)) {
    const std::string& name = object->metadata.name;
    for (const model::VersionState& state : world.kafka.version_state()) {
      if (!name.ends_with("-" + std::to_string(state.node.value))) continue;
      found.pods.push_back({name, state.node.value, !state.controller});
      break;
    }
  }
  std::ranges::sort(found.pods, {}, &Baseline::Pod::name);
  std::set<std::string> zones;
  for (const scenario::KubeNodeSpec& node : scenario.environment.nodes) {
    found.machines.push_back(node.name);
    zones.insert(node.zone);
  }
  found.zones.assign(zones.begin(), zones.end());
  for (const api::ObjectPtr& object : world.kube.objects(api::Kind::persistent_volume_claim)) {
    found.claims.push_back(object->metadata.name);
  }
  std::ranges::sort(found.claims);
  return found;
}

std::vector<CaseFault> draw_schedule(const Baseline& baseline, uint64_t seed,
                                     const ScheduleOptions& options) {
  sim::DrawStream draws{seed, sim::purpose("campaign_schedule"), 0};
  std::vector<const Kind*> on;
  for (const Kind& kind : kKinds) {
    if (draws.chance({1, 2})) on.push_back(&kind);
  }
  std::vector<CaseFault> faults;
  if (on.empty()) return faults;
  const int64_t count = draws.range_inclusive(1, options.faults_max);
  for (int64_t i = 0; i < count; ++i) {
    const Kind& kind = *on[draws.below(on.size())];
    CaseFault made;
    made.fault.kind = kind.kind;
    made.at_s = draws.range_inclusive(0, baseline.length_s);
    made.fault.duration = {draws.range_inclusive(kind.low_s, kind.high_s) * kSecond};
    made.fault.amount = draws.range_inclusive(kind.low_amount, kind.high_amount);
    static constexpr std::array kModes{"429", "500", "conflict", "unknown", "unknown-after-write"};
    if (kind.kind == FaultKind::api_error) made.fault.mode = draws.pick(kModes);
    if (kind.kind == FaultKind::node_drain && draws.chance({1, 2})) {
      made.fault.mode = "drain-cleaner";
    }
    if (aim(baseline, kind.aim, draws, made.fault)) faults.push_back(std::move(made));
  }
  std::ranges::stable_sort(faults, {}, &CaseFault::at_s);
  return faults;
}

}  // namespace twin::campaign
