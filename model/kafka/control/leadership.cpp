// What becomes of leaders and ISRs when a broker comes or goes, and when a leader changes its ISR.
#include <algorithm>
#include <set>

#include "model/kafka/control/plane.h"
#include "sim/assert.h"
#include "sim/draw.h"
#include "sim/marks.h"

namespace twin::model::control {

using namespace sim::literals;

namespace {

// Request, append.linger 25 ms, commit, and the leader applies it: as long as other changes of
// metadata take on the way to who asked for them (measured 160 to 290 ms from SIGTERM to moved
// leaders).
constexpr sim::Duration kAlterPartition = 160_ms;
constexpr sim::Duration kFetchWait = 500_ms;  // replica.fetch.wait.max.ms

SlotMask bit(int slot) { return static_cast<SlotMask>(SlotMask{1} << slot); }

}  // namespace

ElectionRules ControlPlane::rules_for(const Partition& partition) const {
  ElectionRules rules;
  rules.elr = kraft_ && elr_;
  rules.last_known_leader = rules.elr ? partition.last_leader_slot : int8_t{-1};
  rules.unclean = store.table().topics[partition.topic].unclean_election;
  rules.epoch_bump_on_shrink = !kraft_ || level_ < kLevelNoShrinkBump;
  return rules;
}

bool ControlPlane::may_lead(const Node& node) const { return node.active(); }

SlotMask ControlPlane::usable(const Partition& partition, api::NodeId except) const {
  SlotMask mask = 0;
  for (int slot = 0; slot < partition.replicas.size; ++slot) {
    const api::NodeId id = partition.replicas[slot];
    const Node* node = find(id);
    const PartitionIndex index = store.table().topics[partition.topic].first + partition.number;
    if (id != except && node != nullptr && may_lead(*node) &&
        !data_->directory_offline(index, id)) {
      mask = static_cast<SlotMask>(mask | bit(slot));
    }
  }
  return mask;
}

void ControlPlane::take_out_replica(const Node& node, ReplicaRef ref, const Departure& departure) {
  const Partition& row = store.row(ref.partition);
  const bool leads_it = row.leader_slot == ref.slot;
  const bool in_isr = row.in_isr(ref.slot);
  const bool loses_elr = departure.unclean && ((row.elr >> ref.slot) & 1) != 0;
  if (!leads_it && !in_isr && !loses_elr) return;
  Partition next = row;
  const ElectionRules rules = rules_for(row);
  if (departure.leave_isr && in_isr) {
    IsrRemoval removal;
    removal.leaving = bit(ref.slot);
    removal.unclean = departure.unclean ? removal.leaving : SlotMask{0};
    removal.min_isr = store.table().effective_min_isr(row);
    remove_from_isr(next, removal, rules);
  }
  if (loses_elr) next.elr = static_cast<SlotMask>(next.elr & ~bit(ref.slot));
  trace::ElectionReason why = departure.election;
  if (leads_it && elect(next, usable(next, node.id), rules).unclean) {
    why = trace::ElectionReason::unclean;
  }
  store.apply(ref.partition, next, {departure.leave, why});
}

void ControlPlane::take_out(const Node& node, const Departure& departure) {
  // The list of replicas does not change while rows do.
  for (const ReplicaRef ref : store.on_node(node.id)) take_out_replica(node, ref, departure);
  if (store.any_leader_not_preferred()) arm_preferred_pass();
}

bool ControlPlane::lacks_directories(const Node& node) const {
  const DataPlane::Directories has = data_->directories(node.id);
  return has.all_offline || (node.kraft && has.first_offline);
}

void ControlPlane::directory_failed(api::NodeId id) {
  Node& node = at(id);
  if (!node.running()) return;
  // Its halt, not a shutdown (LogManager.handleLogDirFailure).
  if (lacks_directories(node)) return end_process(node, trace::ExitHow::failed, 1);
  schedule(Local::directories_reported, node, kAlterPartition);
}

// The broker's next heartbeat, which is sent at once, names the directory; the controller takes the
// broker out of the ISRs of what lies there (KIP-858; in the ZooKeeper era a notification does).
void ControlPlane::directories_reported(Node& node) {
  if (!commits() || !reaches_controller(node)) {
    return schedule(Local::directories_reported, node, 1_s);
  }
  for (const ReplicaRef ref : store.on_node(node.id)) {
    if (!data_->directory_offline(ref.partition, node.id)) continue;
    take_out_replica(
        node, ref,
        {trace::LeaveReason::disk_failed, trace::ElectionReason::disk_failed, false, true});
  }
  if (store.any_leader_not_preferred()) arm_preferred_pass();
}

// A broker became active: partitions without a leader may have one now. Of the others its leaders
// hear once they know that it is active, with the fetch after the one that is under way: that waits
// up to 500 ms, and each fetch tells of all partitions of its session. Measured 0.2 to 1.0 s from
// unfenced to no under-replicated partition, also with 40 records/s to the partitions.
void ControlPlane::bring_back(const Node& node) {
  for (const ReplicaRef ref : store.on_node(node.id)) {
    const Partition& row = store.row(ref.partition);
    if (row.leader_slot >= 0) continue;
    Partition next = row;
    const bool unclean = elect(next, usable(next), rules_for(row)).unclean;
    store.apply(ref.partition, next,
                {trace::LeaveReason::fenced,
                 unclean ? trace::ElectionReason::unclean : trace::ElectionReason::came_back});
  }
  data_->unfenced(node.id);
  std::set<api::NodeId> leaders;
  for (const ReplicaRef ref : store.on_node(node.id)) {
    const Partition& row = store.row(ref.partition);
    if (!row.in_isr(ref.slot) && row.leader_slot >= 0) leaders.insert(row.leader());
  }
  for (const api::NodeId leader : leaders) {
    const uint64_t bits =
        sim::draw(kernel.seed, sim::purpose("rejoin_fetch"),
                  static_cast<uint64_t>(node.id.value) << 32 | static_cast<uint64_t>(leader.value),
                  node.registration.session_generation);
    const sim::Duration wait{
        static_cast<int64_t>(sim::below(static_cast<uint64_t>(kFetchWait.ns), bits))};
    kernel.after(hardware.metadata_propagation + wait, type_of(Local::rejoin),
                 static_cast<uint32_t>(node.id.value), node.generation,
                 static_cast<uint32_t>(leader.value));
  }
  if (store.any_leader_not_preferred()) arm_preferred_pass();
}

// Replicas that still catch up ask for themselves when they have (seams.h).
void ControlPlane::rejoin(const Node& node, api::NodeId leader) {
  if (node.hung) return;  // it does not fetch: its replicas are seen when it goes on
  for (const ReplicaRef ref : store.on_node(node.id)) {
    const Partition& row = store.row(ref.partition);
    if (row.leader() != leader || row.in_isr(ref.slot)) continue;
    if (data_->at_watermark(ref.partition, ref.slot)) propose_isr(ref.partition, ref.slot, true);
  }
}

void ControlPlane::propose_isr(PartitionIndex partition, int slot, bool join) {
  const Partition& row = store.row(partition);
  if (row.leader_slot < 0 || slot < 0 || row.in_isr(slot) == join) return;
  // A leader does not propose a broker that it does not know as active (isReplicaIsrEligible).
  const Node* joins = join ? find(row.replicas[slot]) : nullptr;
  if (join && (joins == nullptr || (kraft_ && !may_lead(*joins)))) return;
  const api::NodeId leader = row.leader();
  IsrProposal proposal;
  proposal.partition = partition;
  proposal.leader_epoch = row.leader_epoch;
  proposal.replica = row.replicas[slot];
  proposal.join = join;
  if (join) data_->join_proposed(partition, slot);
  if (isr_changes_.propose(leader, proposal) && commits()) {
    kernel.after(kAlterPartition, type_of(Local::isr_commit), static_cast<uint32_t>(leader.value));
  }
}

// There is somebody to ask again: what leaders asked for meanwhile goes out once more.
void ControlPlane::resend_isr_changes() {
  for (const api::NodeId leader : isr_changes_.leaders_in_flight()) {
    kernel.after(hardware.metadata_propagation, type_of(Local::isr_commit),
                 static_cast<uint32_t>(leader.value));
  }
}

void ControlPlane::commit_isr(api::NodeId leader) {
  if (!commits()) return;  // stays in flight until there is a controller again
  const Node* node = find(leader);
  if (node == nullptr || !node->answers() || !reaches_controller(*node)) {
    if (node == nullptr || !node->running()) return isr_changes_.drop(leader);
    kernel.after(1_s, type_of(Local::isr_commit), static_cast<uint32_t>(leader.value));
    return;
  }
  // Committing makes the data plane propose more: those wait in the leader's queue.
  const std::vector<IsrProposal> decided = isr_changes_.in_flight(leader);
  for (const IsrProposal& proposal : decided) commit_proposal(leader, proposal);
  if (isr_changes_.finish(leader)) {
    kernel.after(kAlterPartition, type_of(Local::isr_commit), static_cast<uint32_t>(leader.value));
  }
}

void ControlPlane::commit_proposal(api::NodeId leader, const IsrProposal& proposal) {
  const Partition& row = store.row(proposal.partition);
  if (row.leader() != leader || row.leader_epoch != proposal.leader_epoch) return;
  const int slot = row.slot_of(proposal.replica);
  if (slot < 0 || row.in_isr(slot) == proposal.join) return;
  const int32_t min_isr = store.table().effective_min_isr(row);
  Partition next = row;
  if (proposal.join) {
    const Node* node = find(proposal.replica);
    if (node == nullptr || !may_lead(*node)) {
      TWIN_MARK("kafka_ineligible_replica");  // KIP-903; asked for again when it is active
      return;
    }
    add_to_isr(next, bit(slot), min_isr);
  } else {
    if (slot == row.leader_slot) return;
    IsrRemoval removal;
    removal.leaving = bit(slot);
    removal.min_isr = min_isr;
    remove_from_isr(next, removal, rules_for(row));
  }
  const bool moved = is_moving(next);
  complete_move(next);
  if (moved && !is_moving(next)) {
    store.apply(proposal.partition, next,
                {trace::LeaveReason::removed, trace::ElectionReason::reassigned});
  } else {
    store.apply(proposal.partition, next,
                {trace::LeaveReason::lagging, trace::ElectionReason::preferred});
  }
  // It caught up while its leaving was under way: each fetch of it asks whether it may be back.
  const int now = store.row(proposal.partition).slot_of(proposal.replica);
  if (!proposal.join && now >= 0 && data_->in_step(proposal.partition, now)) {
    TWIN_MARK("kafka_left_isr_while_in_step");
    propose_isr(proposal.partition, now, true);
  }
  if (store.any_leader_not_preferred()) arm_preferred_pass();
}

}  // namespace twin::model::control
