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

// The change comes at 30 s and a node takes some 40 s: faults come while the roll goes on, or soon
// after it.
int64_t last_fault_s(const Case& c) { return 60 + 40 * (c.brokers + c.controllers); }

sim::Duration seconds(int64_t low, int64_t high, sim::DrawStream& draws) {
  return sim::Duration{draws.range_inclusive(low, high) * 1'000'000'000};
}

std::string broker_end(const Case& c, sim::DrawStream& draws) {
  return "broker:" + std::to_string(draws.range_inclusive(0, c.brokers - 1));
}

void draw_cut(const Case& c, sim::DrawStream& draws, Fault& fault) {
  fault.kind = FaultKind::network_cut;
  fault.duration = seconds(5, 90, draws);
  if (draws.chance({1, 3})) {
    fault.target = "operator";
    fault.other = draws.chance({1, 2}) ? "api-server" : broker_end(c, draws);
    return;
  }
  fault.target = broker_end(c, draws);
  fault.other = broker_end(c, draws);
  if (fault.other == fault.target) fault.other = "operator";
}

void draw_operator_crash(sim::DrawStream& draws, Fault& fault) {
  fault.kind = FaultKind::operator_crash;
  fault.target = "0";
  fault.duration = seconds(1, 60, draws);
}

void draw_api_error(sim::DrawStream& draws, Fault& fault) {
  static constexpr std::array kModes{"429", "500", "conflict", "unknown", "unknown-after-write"};
  fault.kind = FaultKind::api_error;
  fault.mode = draws.pick(kModes);
  fault.amount = draws.range_inclusive(1, 5);
  fault.duration = seconds(5, 60, draws);
}

// The kinds that a pod suffers, and for how long.
void draw_pod_fault(const Case& c, sim::DrawStream& draws, Fault& fault) {
  struct Kind {
    FaultKind kind;
    int64_t low_s, high_s, low_amount, high_amount;
  };
  static constexpr std::array<Kind, 7> kKinds{{{FaultKind::broker_crash, 0, 0, 0, 0},
                                               {FaultKind::broker_hang, 5, 120, 0, 0},
                                               {FaultKind::power_off, 30, 180, 0, 0},
                                               {FaultKind::slow_disk, 30, 300, 10, 50},
                                               {FaultKind::slow_start, 30, 300, 5'000, 90'000},
                                               {FaultKind::slow_metadata, 30, 300, 500, 10'000},
                                               {FaultKind::pod_delete, 0, 0, 0, 0}}};
  const Kind& kind = draws.pick(kKinds);
  fault.kind = kind.kind;
  const bool broker_only =
      kind.kind == FaultKind::slow_disk || kind.kind == FaultKind::slow_metadata || c.zookeeper;
  const bool quorum = !broker_only && draws.chance({1, 4});
  fault.target =
      quorum
          ? quorum_pod(c, static_cast<int32_t>(draws.below(static_cast<uint64_t>(c.controllers))))
          : broker_pod(c, static_cast<int32_t>(draws.below(static_cast<uint64_t>(c.brokers))));
  if (kind.high_s > 0) fault.duration = seconds(kind.low_s, kind.high_s, draws);
  if (kind.high_amount > 0) {
    fault.amount = draws.range_inclusive(kind.low_amount, kind.high_amount);
  }
}

Fault draw_fault(const Case& c, sim::DrawStream& draws) {
  Fault fault;
  switch (draws.below(8)) {
    case 0:
      draw_cut(c, draws, fault);
      break;
    case 1:
      draw_operator_crash(draws, fault);
      break;
    case 2:
      draw_api_error(draws, fault);
      break;
    case 3:
      fault.kind = draws.chance({1, 2}) ? FaultKind::stale_cache : FaultKind::watch_expiry;
      if (fault.kind == FaultKind::stale_cache) {
        fault.target = "0";
        fault.duration = seconds(5, 120, draws);
      }
      break;
    default:
      draw_pod_fault(c, draws, fault);
      break;
  }
  return fault;
}

}  // namespace

Case generate(uint64_t seed, const GenerateOptions& options) {
  Case c;
  c.profile = options.profile;
  auto cluster = stream(seed, "campaign_cluster");
  c.seed = 1 + cluster.below(1'000'000);
  c.shuffled = cluster.chance({1, 4});
  c.zookeeper = cluster.chance({1, 4}) && !options.kraft_only;
  c.brokers = static_cast<int32_t>(cluster.range_inclusive(1, 9));
  c.controllers = cluster.chance({1, 4}) ? 1 : 3;
  c.replication_factor = static_cast<int32_t>(cluster.range_inclusive(1, std::min(5, c.brokers)));
  c.min_isr = static_cast<int32_t>(cluster.range_inclusive(1, c.replication_factor));
  c.partitions = static_cast<int32_t>(cluster.range_inclusive(1, 24));
  c.change = cluster.chance({1, 3}) ? Case::Change::version : Case::Change::setting;
  auto work = stream(seed, "campaign_workload");
  c.data_mib = work.chance({1, 2}) ? 0 : work.range_inclusive(1, 20'480);
  c.records_per_s = work.range_inclusive(0, 60'000);
  auto faults = stream(seed, "campaign_faults");
  const int64_t count = faults.range_inclusive(0, options.faults_max);
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
  std::stable_sort(c.faults.begin(), c.faults.end(),
                   [](const CaseFault& a, const CaseFault& b) { return a.at_s < b.at_s; });
  return c;
}

}  // namespace twin::campaign
