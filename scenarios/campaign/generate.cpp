// Draws a case from a seed: each part from a stream of its own, so that a draw more in one moves
// nothing in the others.
#include <algorithm>
#include <array>

#include "scenarios/campaign/case.h"
#include "scenarios/campaign/names.h"
#include "sim/draw.h"

namespace twin::campaign {

using model::Fault;
using model::FaultKind;

namespace {

sim::DrawStream stream(uint64_t seed, std::string_view purpose) {
  return {seed, sim::purpose(purpose), 0};
}

// The change comes at 30 s and a node takes some 25 s: faults come while the roll goes on, a few
// before it or soon after it.
int64_t last_fault_s(const Case& c) { return 60 + 25 * (c.brokers + c.controllers); }

sim::Duration seconds(int64_t low, int64_t high, sim::DrawStream& draws) {
  return sim::Duration{draws.range_inclusive(low, high) * 1'000'000'000};
}

std::string broker_end(const Case& c, sim::DrawStream& draws) {
  return "broker:" + std::to_string(draws.range_inclusive(0, c.brokers - 1));
}

std::string quorum_end(const Case& c, sim::DrawStream& draws) {
  return quorum_end_of(c, static_cast<int32_t>(draws.below(static_cast<uint64_t>(c.controllers))));
}

void draw_cut(const Case& c, sim::DrawStream& draws, Fault& fault) {
  fault.kind = FaultKind::network_cut;
  fault.duration = seconds(5, 90, draws);
  if (draws.chance({1, 3})) {
    fault.target = "operator";
    fault.other = draws.chance({1, 2}) ? "api-server" : broker_end(c, draws);
    return;
  }
  fault.target = draws.chance({1, 3}) ? quorum_end(c, draws) : broker_end(c, draws);
  fault.other = draws.chance({1, 3}) ? quorum_end(c, draws) : broker_end(c, draws);
  if (fault.other == fault.target) fault.other = "operator";
}

std::string any_operator(const Case& c, sim::DrawStream& draws) {
  return std::to_string(draws.below(static_cast<uint64_t>(c.operators)));
}

void draw_operator_crash(const Case& c, sim::DrawStream& draws, Fault& fault) {
  fault.kind = FaultKind::operator_crash;
  fault.target = any_operator(c, draws);
  fault.duration = seconds(1, 60, draws);
}

void draw_api_error(sim::DrawStream& draws, Fault& fault) {
  static constexpr std::array kModes{"429", "500", "conflict", "unknown", "unknown-after-write"};
  fault.kind = FaultKind::api_error;
  fault.mode = draws.pick(kModes);
  fault.amount = draws.range_inclusive(1, 5);
  fault.duration = seconds(5, 60, draws);
}

// What an operator does not see, cannot reach, or takes for another time.
void draw_blindness(const Case& c, sim::DrawStream& draws, Fault& fault) {
  static constexpr std::array kKinds{FaultKind::stale_cache,     FaultKind::watch_expiry,
                                     FaultKind::operator_no_dns, FaultKind::missed_event,
                                     FaultKind::clock_jump,      FaultKind::operator_hang};
  static constexpr std::array kMissed{"", "Pod", "Kafka", "StrimziPodSet"};
  fault.kind = draws.pick(kKinds);
  if (fault.kind == FaultKind::watch_expiry) return;
  fault.target = any_operator(c, draws);
  fault.duration = seconds(5, 120, draws);
  if (fault.kind == FaultKind::missed_event) fault.mode = draws.pick(kMissed);
  if (fault.kind == FaultKind::clock_jump) fault.amount = draws.range_inclusive(100, 3'600'000);
}

std::string any_broker_pod(const Case& c, sim::DrawStream& draws) {
  return broker_pod(c, static_cast<int32_t>(draws.below(static_cast<uint64_t>(c.brokers))));
}

std::string any_quorum_pod(const Case& c, sim::DrawStream& draws) {
  return quorum_pod(c, static_cast<int32_t>(draws.below(static_cast<uint64_t>(c.controllers))));
}

// Machines, zones and volumes.
void draw_loss(const Case& c, sim::DrawStream& draws, Fault& fault) {
  static constexpr std::array kKinds{FaultKind::node_loss,           FaultKind::zone_loss,
                                     FaultKind::lost_disk,           FaultKind::volume_stuck,
                                     FaultKind::volume_unattachable, FaultKind::node_drain,
                                     FaultKind::failed_disk,         FaultKind::full_disk};
  fault.kind = draws.pick(kKinds);
  const auto zone_index = static_cast<int32_t>(draws.below(kZones));
  if (fault.kind == FaultKind::node_loss || fault.kind == FaultKind::node_drain) {
    fault.target =
        machine(zone_index, static_cast<int32_t>(draws.range_inclusive(1, machines_per_zone(c))));
    if (fault.kind == FaultKind::node_drain && draws.chance({1, 2})) fault.mode = "drain-cleaner";
  } else if (fault.kind == FaultKind::zone_loss) {
    fault.target = zone(zone_index);
  } else {
    fault.target = claim_of(any_broker_pod(c, draws));
  }
  if (fault.kind != FaultKind::lost_disk) fault.duration = seconds(30, 180, draws);
}

// Users annotate pods, so that what they do to those is not denied.
void draw_refusal(const Case& c, sim::DrawStream& draws, Fault& fault) {
  static constexpr std::array kVerbs{"create", "update", "remove"};
  static constexpr std::array kKinds{"ConfigMap", "Service", "PersistentVolumeClaim", ""};
  fault.kind = FaultKind::admission_refusal;
  fault.duration = seconds(10, 180, draws);
  fault.mode = draws.pick(kVerbs);
  if (fault.mode != "update" && draws.chance({1, 2})) {
    fault.target = "Pod";
    return;
  }
  fault.target = draws.pick(kKinds);
  if (fault.target.empty()) fault.target = c.zookeeper ? "StatefulSet" : "StrimziPodSet";
}

// What keeps a pod from starting.
void draw_obstacle(const Case& c, sim::DrawStream& draws, Fault& fault) {
  static constexpr std::array kKinds{FaultKind::start_fails, FaultKind::image_broken,
                                     FaultKind::unschedulable, FaultKind::admission_refusal};
  fault.kind = draws.pick(kKinds);
  if (fault.kind == FaultKind::admission_refusal) return draw_refusal(c, draws, fault);
  fault.duration = seconds(10, 180, draws);
  if (fault.kind == FaultKind::image_broken) {
    fault.target = image_version(c);
  } else {
    fault.target = draws.chance({1, 3}) ? any_quorum_pod(c, draws) : any_broker_pod(c, draws);
  }
}

// The kinds that a pod suffers, and for how long.
void draw_pod_fault(const Case& c, sim::DrawStream& draws, Fault& fault) {
  struct Kind {
    FaultKind kind;
    int64_t low_s, high_s, low_amount, high_amount;
  };
  static constexpr std::array<Kind, 9> kKinds{
      {{FaultKind::broker_crash, 0, 0, 0, 0},
       {FaultKind::broker_hang, 5, 120, 0, 0},
       {FaultKind::power_off, 30, 180, 0, 0},
       {FaultKind::slow_disk, 30, 300, 10, 50},
       {FaultKind::slow_start, 30, 300, 5'000, 90'000},
       {FaultKind::slow_metadata, 30, 300, 500, 10'000},
       {FaultKind::throttle_follower, 30, 300, 1'000'000, 100'000'000},
       {FaultKind::slow_network, 30, 300, 1, 50},
       {FaultKind::pod_delete, 0, 0, 0, 0}}};
  const Kind& kind = draws.pick(kKinds);
  fault.kind = kind.kind;
  const bool broker_only =
      kind.kind == FaultKind::slow_disk || kind.kind == FaultKind::slow_metadata ||
      kind.kind == FaultKind::throttle_follower || kind.kind == FaultKind::slow_network ||
      (c.zookeeper && kind.kind == FaultKind::broker_hang);  // goes by a Kafka node's number
  const bool quorum = !broker_only && draws.chance({1, 4});
  fault.target = quorum ? any_quorum_pod(c, draws) : any_broker_pod(c, draws);
  if (kind.high_s > 0) fault.duration = seconds(kind.low_s, kind.high_s, draws);
  if (kind.high_amount > 0) {
    fault.amount = draws.range_inclusive(kind.low_amount, kind.high_amount);
  }
  if (kind.kind == FaultKind::slow_network && draws.chance({1, 2})) {
    fault.mode = "delay";
    fault.amount = draws.range_inclusive(5, 500);
  }
}

Fault draw_fault(const Case& c, sim::DrawStream& draws) {
  Fault fault;
  switch (draws.below(12)) {
    case 0:
      draw_cut(c, draws, fault);
      break;
    case 1:
      draw_operator_crash(c, draws, fault);
      break;
    case 2:
      draw_api_error(draws, fault);
      break;
    case 3:
      draw_blindness(c, draws, fault);
      break;
    case 4:
    case 5:
      draw_loss(c, draws, fault);
      break;
    case 6:
      draw_obstacle(c, draws, fault);
      break;
    default:
      draw_pod_fault(c, draws, fault);
      break;
  }
  return fault;
}

}  // namespace

namespace {

bool has_reassignment(const Case& c) {
  return std::ranges::any_of(
      c.acts, [](const CaseAct& act) { return act.kind == CaseAct::Kind::reassign; });
}

// Certificate authorities are rotated by draws of their own.
constexpr uint64_t kOtherActKinds = static_cast<uint64_t>(CaseAct::Kind::replace_ca_key);

// One case in two has an act, one in six a second one. The tool refuses a second reassignment while
// one goes on.
void draw_acts(Case& c, sim::DrawStream draws) {
  const int64_t count = draws.chance({1, 2}) ? draws.chance({1, 3}) ? 2 : 1 : 0;
  for (int64_t i = 0; i < count; ++i) {
    CaseAct act;
    act.kind = static_cast<CaseAct::Kind>(draws.below(kOtherActKinds));
    act.at_s = draws.range_inclusive(0, last_fault_s(c));
    act.number = static_cast<int32_t>(draws.below(static_cast<uint64_t>(c.brokers)));
    if (act.kind == CaseAct::Kind::reassign && has_reassignment(c)) continue;
    // The voters of a quorum stay the same ones.
    const bool scales =
        act.kind == CaseAct::Kind::scale_up || act.kind == CaseAct::Kind::scale_down;
    if (c.combined && scales) act.kind = CaseAct::Kind::roll_quorum;
    // Half-way, or when the change is done.
    if (act.kind == CaseAct::Kind::undo) {
      act.at_s = draws.range_inclusive(kChangeAtS + 1, 2 * last_fault_s(c));
    }
    c.acts.push_back(act);
  }
  // Who adds a broker takes it back again, now and then, before anything is on it.
  const auto up = std::ranges::find(c.acts, CaseAct::Kind::scale_up, &CaseAct::kind);
  if (up != c.acts.end() && draws.chance({1, 3})) {
    c.acts.push_back({up->at_s + draws.range_inclusive(60, 300), CaseAct::Kind::scale_down, 0});
  }
  // Somebody makes a topic on the broker that is about to go.
  const auto down = std::ranges::find(c.acts, CaseAct::Kind::scale_down, &CaseAct::kind);
  if (down != c.acts.end() && draws.chance({1, 2})) {
    c.acts.push_back(
        {down->at_s + draws.range_inclusive(0, 3), CaseAct::Kind::create_topic, c.brokers - 1});
  }
  std::ranges::stable_sort(c.acts, {}, &CaseAct::at_s);
}

// In one KRaft case of six somebody rotates a CA, half of them the key of the cluster's.
void draw_rotation(Case& c, sim::DrawStream draws) {
  if (c.zookeeper || !draws.chance({1, 6})) return;
  CaseAct act;
  act.kind = draws.chance({1, 2})   ? CaseAct::Kind::replace_ca_key
             : draws.chance({1, 2}) ? CaseAct::Kind::renew_cluster_ca
                                    : CaseAct::Kind::renew_clients_ca;
  act.at_s = draws.range_inclusive(0, last_fault_s(c));
  c.acts.push_back(act);
  std::ranges::stable_sort(c.acts, {}, &CaseAct::at_s);
}

}  // namespace

namespace {

// As many voters as a quorum has in earnest.
void combine(Case& c) {
  c.combined = true;
  c.brokers = std::min(c.brokers, 5);
  c.controllers = c.brokers;
}

}  // namespace

Case generate(uint64_t seed, const GenerateOptions& options) {
  Case c;
  c.profile = options.profile;
  auto cluster = stream(seed, "campaign_cluster");
  c.seed = 1 + cluster.below(1'000'000);
  c.shuffled = cluster.chance({1, 4});
  c.zookeeper = cluster.chance({1, 4});
  if (!options.zookeeper) c.zookeeper = false;
  if (!options.kraft) c.zookeeper = true;
  c.brokers = static_cast<int32_t>(cluster.range_inclusive(1, 9));
  c.controllers = cluster.chance({1, 4}) ? 1 : 3;
  c.replication_factor = static_cast<int32_t>(cluster.range_inclusive(1, std::min(5, c.brokers)));
  c.min_isr = static_cast<int32_t>(cluster.range_inclusive(1, c.replication_factor));
  c.partitions = static_cast<int32_t>(cluster.range_inclusive(1, 24));
  c.change = cluster.chance({1, 3}) ? Case::Change::version : Case::Change::setting;
  c.pinned = cluster.chance({1, 3});
  if (!c.zookeeper && cluster.chance({1, 6})) combine(c);
  auto work = stream(seed, "campaign_workload");
  c.data_mib = work.chance({1, 2}) ? 0 : work.range_inclusive(1, 20'480);
  c.records_per_s = work.chance({1, 8}) ? 0 : work.range_inclusive(1, 60'000);
  static constexpr std::array kAcks{model::Acks::all, model::Acks::one, model::Acks::none};
  c.acks = work.chance({3, 4}) ? model::Acks::all : work.pick(kAcks);
  c.consumers = work.chance({1, 2});
  c.operators = stream(seed, "campaign_operators").chance({1, 6}) ? 2 : 1;
  draw_acts(c, stream(seed, "campaign_acts"));
  draw_rotation(c, stream(seed, "campaign_rotations"));
  auto faults = stream(seed, "campaign_faults");
  // One case in twelve without any.
  const int64_t count = faults.chance({1, 12}) ? 0 : faults.range_inclusive(1, options.faults_max);
  int64_t at = 0;
  for (int64_t i = 0; i < count; ++i) {
    CaseFault fault;
    fault.fault = draw_fault(c, faults);
    if (options.spacing_s > 0) {
      at += i == 0 ? faults.range_inclusive(0, 90)
                   : options.spacing_s + faults.range_inclusive(0, 60);
      fault.at_s = at;
      at += fault.fault.duration.ns / 1'000'000'000;
    } else {
      fault.at_s = faults.range_inclusive(0, last_fault_s(c));
    }
    c.faults.push_back(std::move(fault));
  }
  // Of two operators the one that leads stands still for longer than its Lease lasts.
  if (c.operators > 1 && options.spacing_s == 0 && faults.chance({1, 2})) {
    CaseFault still;
    still.at_s = faults.range_inclusive(kChangeAtS, last_fault_s(c));
    still.fault.kind = FaultKind::operator_hang;
    still.fault.target = "0";
    still.fault.duration = seconds(15, 60, faults);
    if (count == options.faults_max) c.faults.pop_back();
    c.faults.push_back(std::move(still));
  }
  std::stable_sort(c.faults.begin(), c.faults.end(),
                   [](const CaseFault& a, const CaseFault& b) { return a.at_s < b.at_s; });
  return c;
}

}  // namespace twin::campaign
