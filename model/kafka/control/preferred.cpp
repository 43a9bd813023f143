// The controller prefers preferred leaders again: each leader.imbalance.check.interval.seconds
// (300) from its activation on, also in the middle of a roll (measured).
//
// KRaft (QuorumController's task electPreferred): at most 1000 partitions a pass, the next 10 ms
// later if that was not enough; leader.imbalance.per.broker.percentage is not read.
// ZooKeeper (KafkaController.checkAndTriggerAutoLeaderRebalance, its first pass 5 s after the
// activation): only brokers of whose preferred partitions more than that share, 10 %, are led by
// others, all of them in one pass; none while any partition is being reassigned.
#include <algorithm>
#include <limits>

#include "model/kafka/control/plane.h"
#include "model/kafka/control/reassignment.h"

namespace twin::model::control {

using namespace sim::literals;

namespace {

constexpr sim::Duration kImbalanceCheck = 300_s;  // leader.imbalance.check.interval.seconds
constexpr int64_t kElectionsPerPass = 1000;
constexpr sim::Duration kNextPass = 10_ms;
constexpr sim::Duration kFirstPassWithZookeeper = 5_s;

bool is_off(const std::string& setting) { return setting == "false"; }

}  // namespace

const Node* ControlPlane::active_controller() const {
  return find(kraft_ ? quorum.leader() : kafka_controller_);
}

sim::Duration ControlPlane::preferred_interval() const {
  const Node* active = active_controller();
  if (active == nullptr) return kImbalanceCheck;
  const std::string seconds =
      config_text(active->config, "leader.imbalance.check.interval.seconds", "300");
  return 1_s * std::max(1LL, std::atoll(seconds.c_str()));
}

void ControlPlane::begin_preferred_passes() {
  balance_since_ = kernel.now();
  if (!kraft_) balance_since_ = kernel.now() + kFirstPassWithZookeeper - preferred_interval();
  // What its predecessor had planned is off.
  preferred_armed_ = false;
  ++preferred_generation_;
  if (store.any_leader_not_preferred()) arm_preferred_pass();
}

void ControlPlane::arm_preferred_pass() {
  if (preferred_armed_) return;
  preferred_armed_ = true;
  const sim::Duration interval = preferred_interval();
  kernel.at(grid_ceil(balance_since_ + interval, interval, kernel.now() + 1_ms),
            type_of(Local::preferred_pass), 0, ++preferred_generation_);
}

// By broker: whether so many of the partitions that prefer it are led by others that the ZooKeeper
// controller minds.
std::vector<bool> ControlPlane::imbalanced_brokers(const Node& active) const {
  const std::string text =
      config_text(active.config, "leader.imbalance.per.broker.percentage", "10");
  const int64_t percentage = std::atoll(text.c_str());
  std::vector<int64_t> preferring(nodes_.size());
  std::vector<int64_t> elsewhere(nodes_.size());
  std::vector<bool> imbalanced(nodes_.size());
  for (const Partition& row : store.table().partitions) {
    const auto broker = static_cast<size_t>(row.replicas[0].value);
    if (broker >= nodes_.size()) continue;
    ++preferring[broker];
    if (row.leader_slot != 0) ++elsewhere[broker];
    if (is_moving(row)) return imbalanced;
  }
  for (size_t broker = 0; broker < nodes_.size(); ++broker) {
    imbalanced[broker] = elsewhere[broker] * 100 > percentage * preferring[broker];
  }
  return imbalanced;
}

void ControlPlane::preferred_pass() {
  preferred_armed_ = false;
  if (!commits()) return arm_preferred_pass();
  const Node* active = active_controller();
  if (active != nullptr &&
      is_off(config_text(active->config, "auto.leader.rebalance.enable", ""))) {
    return;
  }
  std::vector<bool> minded(nodes_.size(), true);
  if (!kraft_ && active != nullptr) minded = imbalanced_brokers(*active);
  const int64_t most = kraft_ ? kElectionsPerPass : std::numeric_limits<int64_t>::max();
  int64_t elected = 0;
  const auto count = static_cast<PartitionIndex>(store.table().partitions.size());
  for (PartitionIndex index = 0; index < count && elected < most; ++index) {
    const Partition& row = store.row(index);
    if (row.leader_slot <= 0 || !row.in_isr(0)) continue;
    const Node* preferred = find(row.replicas[0]);
    if (preferred == nullptr || !may_lead(*preferred)) continue;
    if (!minded[static_cast<size_t>(preferred->id.value)]) continue;
    Partition next = row;
    ElectionRules rules = rules_for(row);
    rules.preferred = true;
    elect(next, usable(next), rules);
    store.apply(index, next, {trace::LeaveReason::lagging, trace::ElectionReason::preferred});
    ++elected;
  }
  if (!store.any_leader_not_preferred()) return;
  // What cannot lead now is looked at in the next pass.
  if (elected < most) return arm_preferred_pass();
  preferred_armed_ = true;
  kernel.after(kNextPass, type_of(Local::preferred_pass), 0, ++preferred_generation_);
}

}  // namespace twin::model::control
