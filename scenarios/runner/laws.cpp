#include "scenarios/runner/laws.h"

namespace twin::scenario {

using trace::RecordType;

const std::vector<MeasuredLaw>& measured_laws() {
  static const std::vector<MeasuredLaw> table{
      {"order of restarts, refusals", "strimzi@0.47", "loopback", "equal in 10 of 10 recordings"},
      {"operator's polls and back-off", "strimzi@0.47", "loopback",
       "at most 1 s or 9.3 %, 35 recorded times"},
      {"pod restart to Ready", "strimzi@0.47", "loopback", "at most 7.0 %, 9 recorded restarts"},
      {"producer stalls", "strimzi@0.47", "loopback",
       "at most 5.4 % for 2 of 3 recorded topics, 58.5 % at worst"},
      {"replica catch-up", "", "", "at most 0.1 % against playing every record, 12 catch-ups"},
      {"acknowledged bytes lost", "", "", "at most 9.0 % against playing every record, 24 losses"},
  };
  return table;
}

const std::vector<Law>& all_laws() {
  static const std::vector<Law> laws{
      {"order of restarts, refusals", RecordType::DecisionMade},
      {"operator's polls and back-off", RecordType::DecisionMade},
      {"pod restart to Ready", RecordType::PodRemoved},
      {"controlled shutdown", RecordType::ControlledShutdownStarted},
      {"log load and recovery", RecordType::LogLoadStarted},
      {"KRaft quorum elections", RecordType::QuorumLeaderElected},
      {"ZooKeeper elections, sessions", RecordType::ZookeeperLeaderElected},
      {"replica catch-up", RecordType::CatchUpStarted},
      {"acknowledged bytes lost", RecordType::AcknowledgedBytesLost},
      {"producer stalls", RecordType::ProduceStalled},
      {"consumer lag", RecordType::ConsumerLagPeaked},
      {"volume attach and detach", RecordType::VolumeAttached},
      {"node loss and eviction", RecordType::KubeNodeBecameNotReady},
  };
  return laws;
}

std::string_view measured_error(std::string_view law, std::string_view profile,
                                std::string_view hardware) {
  for (const MeasuredLaw& row : measured_laws()) {
    const bool of_operator = row.profile.empty() || row.profile == profile;
    const bool on_hardware = row.hardware.empty() || row.hardware == hardware;
    if (row.law == law && of_operator && on_hardware) return row.error;
  }
  return "not measured";
}

void LawsUsed::on_record(const sim::Record& record) {
  const size_t type = record.type;
  if (type >= seen_.size()) seen_.resize(type + 1);
  seen_[type] = true;
}

std::vector<LawEntry> LawsUsed::entries(std::string_view profile, std::string_view hardware) const {
  std::vector<LawEntry> used;
  for (const Law& law : all_laws()) {
    const auto type = static_cast<size_t>(law.shown_by);
    if (type >= seen_.size() || !seen_[type]) continue;
    used.push_back(
        {std::string(law.name), std::string(measured_error(law.name, profile, hardware))});
  }
  return used;
}

}  // namespace twin::scenario
