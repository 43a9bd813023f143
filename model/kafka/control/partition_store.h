// The partition table with its one door: every change of a row goes through `apply`, which compares
// the row before and after, numbers it, writes the trace, keeps the time under min ISR, and tells
// the data plane and the observers. Snapshots for the admin protocol are cached by table version
// and patched where rows changed, so that a poll costs what changed.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model/kafka/partitions.h"
#include "model/kafka/seams.h"
#include "model/kernel.h"

namespace twin::model::control {

// Why a row changes; only those parts are read that the change has.
struct ChangeCause {
  trace::LeaveReason leave = trace::LeaveReason::lagging;
  trace::ElectionReason election = trace::ElectionReason::initial;
};

// What holds for topics that do not say otherwise.
struct TopicDefaults {
  int32_t min_isr = 1;
  bool unclean_election = false;
  int64_t segment_bytes = int64_t{1} << 30;
  bool operator==(const TopicDefaults&) const = default;
};

class PartitionStore {
 public:
  explicit PartitionStore(Kernel& kernel) : kernel_(kernel) {}
  void attach(DataPlane& data) { data_ = &data; }
  void observe(PartitionObserver& observer) { observers_.push_back(&observer); }

  const PartitionTable& table() const { return table_; }
  PartitionTable& mutable_table();
  const Partition& row(PartitionIndex index) const { return table_.partitions[index]; }
  // Replicas on a node; empty for an unknown one.
  const std::vector<ReplicaRef>& on_node(api::NodeId node) const;
  int topic_index(std::string_view name) const;
  int64_t replicas_on(api::NodeId node) const { return static_cast<int64_t>(on_node(node).size()); }

  // Adds a topic whose partitions are offline with a full ISR, or led by the first slot of `isr`
  // where given (one mask per partition). The topic's first and partitions are set here.
  TopicIndex add_topic(Topic topic, const std::vector<api::NodeList>& replicas,
                       const std::vector<SlotMask>& isr);

  // Replaces a row. No-op when nothing differs. `partition_epoch` is counted here.
  void apply(PartitionIndex index, const Partition& next, const ChangeCause& cause);
  // Configuration in two steps, so that the record of the change stands before those of what it
  // does: the topics have their new settings at once, `settings_changed` then finds the partitions
  // that are now above or below min ISR. A topic whose min.insync.replicas changed forgets its ELR
  // (KIP-966, ConfigurationControlManager).
  void set_topic_config(TopicIndex topic, const std::string& key, const std::string& value,
                        bool remove);
  void set_defaults(const TopicDefaults& defaults);
  void settings_changed();
  // Tells observers that partitions led by the node may have become reachable or unreachable.
  void leader_reachability_changed(api::NodeId node);

  bool any_leader_not_preferred() const { return not_preferred_ > 0; }

  std::shared_ptr<const api::TopicsSnapshot> topics_snapshot();
  // As the table was at that time. REQUIRES: not before the latest forget_before().
  std::shared_ptr<const api::TopicsSnapshot> topics_as_of(sim::Time time);
  // Changes until then may be forgotten.
  void forget_before(sim::Time time);
  size_t remembered() const { return past_.size(); }
  std::shared_ptr<const api::TopicConfigsSnapshot> configs_snapshot();

 private:
  void trace_replicas(PartitionIndex index, const Partition& before, const Partition& after);
  void trace_isr(PartitionIndex index, const Partition& before, const Partition& after,
                 const ChangeCause& cause);
  void trace_leader(PartitionIndex index, const Partition& before, const Partition& after,
                    const ChangeCause& cause);
  // True when it crossed the line.
  bool track_min_isr(PartitionIndex index);
  void move_refs(PartitionIndex index, const Partition& before, const Partition& after);
  void add_ref(api::NodeId node, PartitionIndex index, int slot);
  static void describe(const Partition& row, api::PartitionDescription& out);
  void rebuild_topics(api::TopicsSnapshot& snapshot) const;
  void put_in_effect(TopicIndex topic);

  Kernel& kernel_;
  DataPlane* data_ = nullptr;
  std::vector<PartitionObserver*> observers_;
  PartitionTable table_;
  std::map<std::string, TopicIndex, std::less<>> by_name_;
  TopicDefaults defaults_;
  std::vector<TopicIndex> new_min_isr_;  // topics that settings_changed() has to look at
  std::vector<TopicIndex> new_throttles_;
  std::vector<sim::Time> under_since_;   // kNever: at or above min ISR
  int64_t not_preferred_ = 0;            // partitions with a leader that is not replicas[0]

  std::shared_ptr<api::TopicsSnapshot> topics_;
  std::vector<PartitionIndex> dirty_;  // rows that topics_ has not seen
  bool topics_stale_ = true;           // topics were added: rebuild
  std::shared_ptr<api::TopicConfigsSnapshot> configs_;
  struct Past {
    sim::Time changed;
    PartitionIndex index = 0;
    Partition before;
  };
  std::deque<Past> past_;  // oldest first
};

api::NodeList nodes_of(const Partition& partition, SlotMask mask);

}  // namespace twin::model::control
