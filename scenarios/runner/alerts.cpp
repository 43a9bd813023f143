#include "scenarios/runner/alerts.h"

#include <algorithm>

#include "model/trace/decode.h"

namespace twin::scenario {

using namespace sim::literals;

namespace {

constexpr sim::Duration kFor = 10_s;            // of all four rules
constexpr sim::Duration kScrapeAndLook = 60_s;  // Prometheus's two intervals
constexpr std::string_view kNames[] = {"UnderReplicatedPartitions", "UnderMinIsrPartitionCount",
                                       "OfflinePartitions", "AbnormalControllerState"};

}  // namespace

void Alerts::on_record(const sim::Record& record) {
  using trace::RecordType;
  switch (trace::type_of(record)) {
    case RecordType::QuorumLeaderElected:
    case RecordType::KafkaControllerElected:
      controller_ = record.fields[0];
      break;
    case RecordType::QuorumLeaderLost:
      controller_ = -1;
      break;
    case RecordType::ProcessExited:
      if (record.fields[0] != controller_) return;
      controller_ = -1;
      break;
    case RecordType::LeaderElected:
    case RecordType::PartitionWentOffline:
    case RecordType::ReplicaLeftIsr:
    case RecordType::ReplicaJoinedIsr:
    case RecordType::ReplicasChanged:
    case RecordType::PartitionWentUnderMinIsr:
    case RecordType::PartitionBackAtMinIsr:
      break;
    default:
      return;
  }
  if (begun_) look(record.at);
}

void Alerts::begin() {
  begun_ = true;
  look(world_.kernel.now());
}

void Alerts::look(sim::Time at) {
  see(under_replicated, world_.ledger.under_replicated() > 0, at);
  see(under_min_isr, world_.ledger.under_min() > 0, at);
  see(offline, world_.ledger.offline() > 0, at);
  see(no_controller, controller_ < 0, at);
}

void Alerts::see(Rule rule, bool on, sim::Time at) {
  Spell& spell = spells_[rule];
  if (spell.on == on) return;
  if (on) {
    spell = {true, at};
    return;
  }
  spell.on = false;
  const sim::Duration length = at - spell.since;
  if (length < kFor) return;
  Alert& alert = alerts_[rule];
  ++alert.spells;
  alert.longest = std::max(alert.longest, length);
  alert.certain |= length >= kFor + kScrapeAndLook;
}

std::vector<Alert> Alerts::finish(sim::Time end) {
  std::vector<Alert> fired;
  for (size_t rule = 0; rule < kRules; ++rule) {
    see(static_cast<Rule>(rule), false, end);
    if (alerts_[rule].spells == 0) continue;
    alerts_[rule].rule = kNames[rule];
    fired.push_back(alerts_[rule]);
  }
  return fired;
}

}  // namespace twin::scenario
